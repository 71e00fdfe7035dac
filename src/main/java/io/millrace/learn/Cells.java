package io.millrace.learn;

import java.util.Arrays;

/// All floats of the learner, a cell a feature: its `parameters` side by side, the weight first, and behind each of
/// them what the optimizer remembers of it.
///
/// - **Shape**: parameter `k` of a feature is number `index * parameters + k` of all, and stands at `data[number *
///   each]`; `stride` floats make a cell. `1 << bits` cells, pages of [#PAGE] cells (one page where there are fewer);
///   what a learner has beside features stands in cells behind, whole pages of them from [#behind] on.
/// - **Changes**: the trainer marks the page of every cell that an example names. Whoever writes `data` otherwise calls
///   [#rewrite].
public final class Cells {
    /// Cells a page.
    public static final int PAGE = 1024;

    private static final int PAGE_BITS = 10;

    /// Readers of changes: the changelog, the versions and the digest.
    public static final int STORE = 1;

    public static final int VERSION = 2;
    private static final int DIGEST = 4;
    private static final byte ALL = STORE | VERSION | DIGEST;

    /// How many there are.
    public final int count;
    /// Floats of the model a cell: all that a version has.
    public final int parameters;
    /// Floats a parameter.
    public final int each;
    /// Floats a cell.
    public final int stride;
    public final float[] data;
    /// How often pages were written from outside.
    private int rewrites;
    /// A bit a page and reader: set where a cell changed since that reader has seen the page.
    private final byte[] marks;

    private final long[] digests;
    private long digest;

    /// Cells of one parameter: its weight.
    ///
    /// @param bits log2 of the number of cells, 1 to 28
    /// @param stride floats a cell
    /// @throws IllegalArgumentException if so many floats don't fit into an array
    public Cells(int bits, int stride) {
        this(1 << bits, 1, stride);
    }

    /// @param count how many cells: a power of two, or a multiple of [#PAGE]
    /// @param parameters floats of the model a cell
    /// @param each floats a parameter
    /// @throws IllegalArgumentException if so many floats don't fit into an array
    public Cells(int count, int parameters, int each) {
        var stride = parameters * each;
        if ((long) stride * count > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    count + " cells of " + stride + " floats are too many: expected less than 2^31 floats");
        }
        this.count = count;
        this.parameters = parameters;
        this.each = each;
        this.stride = stride;
        data = new float[count * stride];
        marks = new byte[pages(count)];
        digests = new long[marks.length];
    }

    /// Bytes that so many cells take: `stride · 4` each, and 9 a page.
    static long bytes(int count, int stride) {
        return (long) stride * Float.BYTES * count + 9L * pages(count);
    }

    /// Pages of so many cells.
    public static int pages(int count) {
        return Math.max(1, count >> PAGE_BITS);
    }

    /// The first cell behind those of features.
    static int behind(int bits) {
        return Math.max(PAGE, 1 << bits);
    }

    /// Cells of `parameters` floats each for a feature space and, where there are any, `floats` behind it.
    static long count(int bits, int parameters, long floats) {
        if (floats == 0) {
            return 1L << bits;
        }
        var cells = (floats + parameters - 1) / parameters;
        return behind(bits) + (cells + PAGE - 1) / PAGE * PAGE;
    }

    /// Cells a page.
    public int page() {
        return Math.min(PAGE, count);
    }

    public int pages() {
        return marks.length;
    }

    /// Whether a cell of the page may have changed since the reader has seen it.
    public boolean changed(int page, int reader) {
        return (marks[page] & reader) != 0;
    }

    public void seen(int page, int reader) {
        marks[page] &= (byte) ~reader;
    }

    /// Says that a page was written from outside, as it is stored: that alone is no change for the changelog.
    public void rewrite(int page) {
        marks[page] |= VERSION | DIGEST;
        rewrites++;
    }

    /// Another number when a page was written from outside.
    int rewrites() {
        return rewrites;
    }

    /// Marks the pages of all cells from `first` on as changed.
    void changeFrom(int first) {
        Arrays.fill(marks, first >>> PAGE_BITS, marks.length, ALL);
    }

    /// Marks the pages of the first `n` indices as changed, whether their cells then change or not.
    void change(int[] indices, int n) {
        for (var j = 0; j < n; j++) {
            marks[indices[j] >>> PAGE_BITS] = ALL;
        }
    }

    /// Sets every cell to 0. Nothing is to be stored then.
    void clear() {
        Arrays.fill(data, 0);
        Arrays.fill(marks, (byte) VERSION);
        Arrays.fill(digests, 0);
        digest = 0;
    }

    /// Sum of [#mix] over the non-zero parameters by their numbers, modulo 2^64. Costs a pass over the pages
    /// that changed since the last call.
    public long digest() {
        for (var page = 0; page < marks.length; page++) {
            if (changed(page, DIGEST)) {
                var now = digest(page);
                digest += now - digests[page];
                digests[page] = now;
                seen(page, DIGEST);
            }
        }
        return digest;
    }

    private long digest(int page) {
        var sum = 0L;
        var first = page * PAGE * parameters;
        for (var number = first; number < first + page() * parameters; number++) {
            sum += mix(number, data[number * each]);
        }
        return sum;
    }

    /// One parameter's part of a digest: `mix64(number · 2^32 + bits of the float)`; 0 for one of 0 (also -0).
    public static long mix(int number, float parameter) {
        return parameter == 0 ? 0 : mix64(((long) number << 32) | (Float.floatToRawIntBits(parameter) & 0xffffffffL));
    }

    /// **Source**: the finaliser of splitmix64, Steele, Lea and Flood, *Fast Splittable Pseudorandom Number
    /// Generators*, OOPSLA 2014.
    static long mix64(long bits) {
        var z = bits;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
