package io.millrace.learn;

/// All floats of the learner, a cell a feature: `stride` floats side by side, the weight first.
///
/// - **Shape**: `data[index * stride + k]`, `1 << bits` cells, pages of [#PAGE] cells.
/// - `dirty[page]` is set by whoever changes a cell of that page; whoever stores the page clears its own copy of it.
public final class Cells {
    /// Cells a page.
    public static final int PAGE = 1024;

    public final int bits;
    public final int stride;
    public final float[] data;
    /// One byte a page, not 0 where a cell changed since it was last set to 0.
    public final byte[] dirty;

    public Cells(int bits, int stride) {
        this.bits = bits;
        this.stride = stride;
        data = new float[(1 << bits) * stride];
        dirty = new byte[Math.max(1, (1 << bits) / PAGE)];
    }

    public int pages() {
        return dirty.length;
    }

    /// mix64 of one non-zero weight: what the digests add up. 0 for a weight of 0 (also -0).
    public static long mix(int index, float weight) {
        throw new UnsupportedOperationException();
    }
}
