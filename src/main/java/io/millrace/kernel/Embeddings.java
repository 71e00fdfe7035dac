package io.millrace.kernel;

/// The sparse layer before the dense ones: a row becomes Σ x e over its entries, e being the `width` floats of each.
///
/// - **Shape**: float `f` of entry `j` stands at `cells[(index(j) * width + f) * each]`.
/// - **Order of a sum**: entries in theirs, from 0 on, by `Math.fma`.
public final class Embeddings {
    private Embeddings() {}

    /// @param into becomes the sums, from `at` on
    public static void sum(float[] cells, int each, int width, Entries row, float[] into, int at) {
        for (var f = 0; f < width; f++) {
            into[at + f] = 0;
        }
        for (var j = 0; j < row.n; j++) {
            var x = row.value(j);
            var from = row.index(j) * width * each;
            for (var f = 0; f < width; f++) {
                into[at + f] = Math.fma(cells[from + f * each], x, into[at + f]);
            }
        }
    }

    /// into ← into + x · slopes: what an entry adds to the slopes of its floats.
    public static void add(float x, float[] slopes, int from, int width, float[] into, int at) {
        for (var f = 0; f < width; f++) {
            into[at + f] = Math.fma(x, slopes[from + f], into[at + f]);
        }
    }
}
