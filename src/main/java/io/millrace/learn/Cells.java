package io.millrace.learn;

import io.millrace.kernel.Digest;
import io.millrace.kernel.LaneStep;
import java.util.Arrays;

/// All floats of the learner, a cell a feature: its `parameters` side by side, the weight first, and behind each of
/// them what the optimizer remembers of it.
///
/// - **Shape**: parameter `k` of a feature is number `index * parameters + k` of all, and stands at `data[number *
///   each]`; `stride` floats make a cell. `1 << bits` cells, pages of [#PAGE] cells (one page where there are fewer);
///   what a learner has beside features stands in cells behind, whole pages of them from [#behind] on.
/// - **Lanes**: linear models side by side have each float of a cell once a lane, `lanes` of them next to each other,
///   and [#SPARE] floats stand behind the last cell. A version has the weight of the lane that is served, or those of
///   all.
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
    private static final int VERSION_DIGEST = 8;
    /// Of what is on a device, to be brought to the host.
    static final int DEVICE = 16;

    private static final byte ALL = STORE | VERSION | DIGEST | VERSION_DIGEST | DEVICE;
    /// Floats that a register may reach beyond the last cell.
    private static final int SPARE = LaneStep.MOST;

    /// How many there are.
    public final int count;
    /// Floats of the model a cell: all that a version has.
    public final int parameters;
    /// Floats from one parameter of a version to the next: of each but the last lane those of the other lanes, too.
    public final int each;
    /// Models side by side.
    public final int lanes;
    /// Floats a cell.
    public final int stride;
    public final float[] data;
    /// How often pages were written from outside.
    private int rewrites;
    /// A bit a page and reader: set where a cell changed since that reader has seen the page.
    private final byte[] marks;

    private final Sum state;
    private final Sum version;
    /// The lane whose weights a version has, unless it has all.
    private int served;

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
        this(count, parameters, each, parameters * each, 1, 0);
    }

    /// Cells of the weights of linear models side by side.
    ///
    /// @param slots floats a weight
    /// @param all whether a version has the weights of all lanes
    /// @throws IllegalArgumentException if so many floats don't fit into an array
    public Cells(int count, int slots, int lanes, boolean all) {
        this(count, all ? lanes : 1, all ? 1 : slots * lanes, slots * lanes, lanes, SPARE);
    }

    private Cells(int count, int parameters, int each, int stride, int lanes, int spare) {
        if ((long) stride * count + spare > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    count + " cells of " + stride + " floats are too many: expected less than 2^31 floats");
        }
        this.count = count;
        this.parameters = parameters;
        this.each = each;
        this.stride = stride;
        this.lanes = lanes;
        data = new float[count * stride + spare];
        marks = new byte[pages(count)];
        state = new Sum(DIGEST);
        version = new Sum(VERSION_DIGEST);
    }

    /// Where a parameter of a version stands.
    ///
    /// @param index of its cell
    /// @param k number within the cell
    public int at(int index, int k) {
        return index * stride + k * each + (parameters == lanes ? 0 : served);
    }

    /// Whether a version has each float as it stands here.
    public boolean isPlain() {
        return stride == parameters;
    }

    /// Makes the weights of another lane those of a version.
    void serve(int lane) {
        if (lane != served) {
            served = lane;
            for (var page = 0; page < marks.length; page++) {
                marks[page] |= VERSION | VERSION_DIGEST;
            }
        }
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
        marks[page] |= VERSION | DIGEST | VERSION_DIGEST;
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

    /// Marks the pages of the indices from `from` to before `to` as changed, whether their cells then change or not.
    ///
    /// Row by row it costs 30 ns for rows of 75 entries; for a whole block ahead of learning it, 60.
    void change(int[] indices, int from, int to) {
        for (var j = from; j < to; j++) {
            marks[indices[j] >>> PAGE_BITS] = ALL;
        }
    }

    /// Says that a device has all cells as they are here.
    void onDevice() {
        for (var page = 0; page < marks.length; page++) {
            seen(page, DEVICE);
        }
    }

    /// Brings the pages that have changed on a device since then.
    void fromDevice(Source device) {
        var floats = page() * stride;
        for (var page = 0; page < marks.length; page++) {
            if (changed(page, DEVICE)) {
                device.read(data, page * floats, floats);
                seen(page, DEVICE);
            }
        }
    }

    /// Where floats come from.
    @FunctionalInterface
    interface Source {
        /// Copies `n` floats from `at` on to the same place.
        void read(float[] into, int at, int n);
    }

    /// Sets every cell to 0. Nothing is to be stored then.
    void clear() {
        Arrays.fill(data, 0);
        Arrays.fill(marks, (byte) VERSION);
        state.clear();
        version.clear();
    }

    /// Sum of [Digest#mix] over the non-zero parameters by their numbers, of all lanes, modulo 2^64.
    ///
    /// Costs a pass over the pages that changed since the last call.
    public long digest() {
        return state.get();
    }

    /// The same over the parameters of a version.
    public long versionDigest() {
        return lanes == 1 || parameters == lanes ? state.get() : version.get();
    }

    /// A digest, kept up by the pages that changed.
    private final class Sum {
        private final int reader;
        private final long[] pages = new long[marks.length];
        private long sum;

        Sum(int reader) {
            this.reader = reader;
        }

        long get() {
            for (var page = 0; page < marks.length; page++) {
                if (changed(page, reader)) {
                    var now = reader == DIGEST && lanes > 1 ? all(page) : served(page);
                    sum += now - pages[page];
                    pages[page] = now;
                    seen(page, reader);
                }
            }
            return sum;
        }

        void clear() {
            Arrays.fill(pages, 0);
            sum = 0;
        }
    }

    private long served(int page) {
        var first = page * PAGE;
        var n = page();
        return isRegular()
                ? Digest.sum(data, at(first, 0), stride / parameters, n * parameters, first * parameters)
                : cellByCell(first, n, parameters, each);
    }

    /// Whether all parameters of a version stand equally far apart.
    private boolean isRegular() {
        return parameters == 1 || parameters * each == stride;
    }

    private long all(int page) {
        var first = page * PAGE;
        return stride == lanes
                ? Digest.sum(data, first * lanes, 1, page() * lanes, first * lanes)
                : cellByCell(first, page(), lanes, 1);
    }

    private long cellByCell(int first, int n, int floats, int step) {
        var sum = 0L;
        for (var index = first; index < first + n; index++) {
            sum += Digest.sum(data, index * stride, step, floats, index * floats);
        }
        return sum;
    }

    /// One parameter's part of a digest, by its number.
    public static long mix(int number, float parameter) {
        return Digest.mix(number, parameter);
    }
}
