package io.millrace.learn;

import java.util.Arrays;

/// All floats of the learner, a cell a feature: `stride` floats side by side, the weight first.
///
/// - **Shape**: `data[index * stride + k]`, `1 << bits` cells, pages of [#PAGE] cells (one page where there are fewer).
/// - **Changes**: whoever changes a cell marks its page for every [Reader]; a reader that has read the page takes back its own mark.
public final class Cells {
    /// Cells a page.
    public static final int PAGE = 1024;

    private static final int PAGE_BITS = 10;
    private static final byte ALL = -1;

    /// Who keeps up with changes, each on its own.
    public enum Reader {
        /// What the state store has sent to its changelog.
        STORE,
        /// What the last version has.
        VERSION,
        /// What [Cells#digest] has summed.
        DIGEST;

        private final int mark = 1 << ordinal();
    }

    public final int bits;
    public final int stride;
    public final float[] data;
    private final byte[] marks;
    private final long[] digests;
    private long digest;

    /// @param bits log2 of the number of cells, 1 to 28
    /// @param stride floats a cell
    /// @throws IllegalArgumentException if so many floats don't fit into an array
    public Cells(int bits, int stride) {
        if ((long) stride << bits > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("2^" + bits + " cells of " + stride + " floats: expected less than 2^31 floats");
        }
        this.bits = bits;
        this.stride = stride;
        data = new float[(1 << bits) * stride];
        marks = new byte[Math.max(1, 1 << bits >> PAGE_BITS)];
        digests = new long[marks.length];
    }

    /// Pages there are.
    public int pages() {
        return marks.length;
    }

    /// Cells in a page: [#PAGE], or all of them where there are fewer.
    public int pageSize() {
        return Math.min(PAGE, 1 << bits);
    }

    /// Marks a page as changed.
    public void change(int page) {
        marks[page] = ALL;
    }

    /// Marks the pages of a row's cells as changed.
    void change(int[] indices, int from, int n) {
        for (var j = from; j < from + n; j++) {
            marks[indices[j] >>> PAGE_BITS] = ALL;
        }
    }

    /// Whether a page changed since `reader` took back its mark.
    public boolean isChanged(int page, Reader reader) {
        return (marks[page] & reader.mark) != 0;
    }

    /// Takes back the mark of a reader that knows the page as it is now.
    public void read(int page, Reader reader) {
        marks[page] &= (byte) ~reader.mark;
    }

    /// Sets every cell to 0, and marks every page.
    public void clear() {
        Arrays.fill(data, 0);
        Arrays.fill(marks, ALL);
    }

    /// Sum of [#mix] over the non-zero weights, modulo 2^64. Costs a pass over the pages that changed since the last call.
    public long digest() {
        for (var page = 0; page < marks.length; page++) {
            if (isChanged(page, Reader.DIGEST)) {
                var before = digests[page];
                digests[page] = digest(page);
                digest += digests[page] - before;
                read(page, Reader.DIGEST);
            }
        }
        return digest;
    }

    private long digest(int page) {
        var sum = 0L;
        var first = page * PAGE;
        for (var index = first; index < first + pageSize(); index++) {
            sum += mix(index, data[index * stride]);
        }
        return sum;
    }

    /// One weight's part of a digest: `mix64(index · 2^32 + bits of the weight)`; 0 for a weight of 0 (also -0).
    ///
    /// **Source**: the finaliser of splitmix64, Steele, Lea and Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014.
    public static long mix(int index, float weight) {
        if (weight == 0) {
            return 0;
        }
        var z = (long) index << 32 | Float.floatToRawIntBits(weight) & 0xffffffffL;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
