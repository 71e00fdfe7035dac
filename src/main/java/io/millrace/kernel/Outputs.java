package io.millrace.kernel;

/// The inner loops of a linear learner of several margins, over cells of a weight for each of them side by side. The
/// definition: plain loops.
///
/// - **Shape**: the weight of margin `k` and entry `j` stands at `cells[(index(j) * outputs + k) * each]`.
/// - **Order of a sum**: entries in their order, however many, every product added by `Math.fma`. So a register may
///   hold several margins and give the same bits.
public final class Outputs {
    private Outputs() {}

    /// The margins of a row.
    ///
    /// @param into becomes `outputs` numbers
    public static void dots(float[] cells, int each, int outputs, Entries row, float[] into) {
        for (var k = 0; k < outputs; k++) {
            into[k] = 0;
        }
        for (var j = 0; j < row.n; j++) {
            var x = row.value(j);
            var at = row.index(j) * outputs * each;
            for (var k = 0; k < outputs; k++) {
                into[k] = Math.fma(cells[at + k * each], x, into[k]);
            }
        }
    }

    /// Lays out a row weight by weight: entry `j` becomes `outputs` of them, each with the number of the weight among
    /// all and the slope of the loss by it, which is x times the slope by its margin.
    ///
    /// @param gradients the slope of the loss by each margin
    /// @param numbers of the weights, `n * outputs`
    /// @param slopes as many
    public static void slopes(int outputs, Entries row, float[] gradients, int[] numbers, float[] slopes) {
        var to = 0;
        for (var j = 0; j < row.n; j++) {
            var x = row.value(j);
            var number = row.index(j) * outputs;
            for (var k = 0; k < outputs; k++) {
                numbers[to] = number + k;
                slopes[to++] = x * gradients[k];
            }
        }
    }
}
