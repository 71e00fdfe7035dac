package io.millrace.kernel;

/// The inner loops of a factorization machine, over cells of a weight w and `rank` factors v side by side. The
/// definition: plain loops.
///
/// - **Shape**: factor `f` of entry `j` stands at `cells[(index(j) * (1 + rank) + 1 + f) * each]`; a margin has
///   `sums[f]` = Σ v x of each factor.
/// - **Order of a sum**: entries in their order, however many; then factors in their order. So a register may
///   hold several factors and give the same bits. Only multiplication, addition and `Math.fma`.
/// - **Source**: Rendle, *Factorization Machines*, ICDM 2010: a pair of entries adds <v_i, v_j> x_i x_j.
public final class Factors {
    private Factors() {}

    /// What all pairs of entries add to the margin: ½ Σ_f ((Σ v x)² - Σ (v x)²), lemma 3.1.
    ///
    /// @param sums becomes Σ v x of each factor
    /// @param squares becomes Σ (v x)² of each factor
    public static float pairs(float[] cells, int each, int rank, Entries row, float[] sums, float[] squares) {
        for (var f = 0; f < rank; f++) {
            sums[f] = 0;
            squares[f] = 0;
        }
        for (var j = 0; j < row.n; j++) {
            var x = row.value(j);
            var at = (row.index(j) * (1 + rank) + 1) * each;
            for (var f = 0; f < rank; f++) {
                var part = cells[at + f * each] * x;
                sums[f] += part;
                squares[f] = Math.fma(part, part, squares[f]);
            }
        }
        var sum = 0f;
        for (var f = 0; f < rank; f++) {
            sum += sums[f] * sums[f] - squares[f];
        }
        return sum / 2;
    }

    /// Lays out a row parameter by parameter: entry `j` becomes `1 + rank` of them, each with the number of the
    /// parameter among all and the slope of the margin by it, equation 4: x for w, x (Σ v x - v x) for v.
    ///
    /// @param sums of [#pairs] of this row
    /// @param numbers of the parameters, `n * (1 + rank)`
    /// @param slopes as many
    public static void slopes(
            float[] cells, int each, int rank, Entries row, float[] sums, int[] numbers, float[] slopes) {
        var to = 0;
        for (var j = 0; j < row.n; j++) {
            var x = row.value(j);
            var number = row.index(j) * (1 + rank);
            numbers[to] = number;
            slopes[to++] = x;
            for (var f = 0; f < rank; f++) {
                number++;
                numbers[to] = number;
                slopes[to++] = x * (sums[f] - cells[number * each] * x);
            }
        }
    }
}
