package io.millrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.Seed;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FactorsTest {
    private static final int FEATURES = 40;
    private static final double H = 1e-4;

    private final Random random = Seed.random();

    private float[] random(int n) {
        var numbers = new float[n];
        for (var k = 0; k < n; k++) {
            numbers[k] = random.nextFloat(-1, 1);
        }
        return numbers;
    }

    /// Some indices come twice in long rows.
    private Entries row(int n) {
        return new Entries().of(random.ints(n + 3, 0, FEATURES).toArray(), 3, random(n + 2), 2, n);
    }

    /// As section 3.1 of the paper has it: pair by pair, in double.
    private static double pairByPair(float[] cells, int each, int rank, Entries row) {
        double sum = 0;
        for (var i = 0; i < row.n; i++) {
            for (var j = i + 1; j < row.n; j++) {
                double product = 0;
                for (var f = 1; f <= rank; f++) {
                    product += (double) cells[(row.index(i) * (1 + rank) + f) * each]
                            * cells[(row.index(j) * (1 + rank) + f) * each];
                }
                sum += product * row.value(i) * row.value(j);
            }
        }
        return sum;
    }

    @Nested
    class All_pairs {
        @ParameterizedTest
        @CsvSource({"0, 3, 1", "1, 3, 2", "2, 1, 1", "9, 8, 2", "9, 8, 3", "33, 7, 1", "75, 16, 3"})
        void add_what_they_add_one_by_one(int n, int rank, int each) {
            var cells = random(FEATURES * (1 + rank) * each);
            var row = row(n);
            var sums = new float[rank];

            var sum = Factors.pairs(cells, each, rank, row, sums, new float[rank]);

            assertThat((double) sum).isCloseTo(pairByPair(cells, each, rank, row), within(1e-4 * (1 + n * rank)));
            for (var f = 0; f < rank; f++) {
                var factor = f;
                var expected = IntStream.range(0, n)
                        .mapToDouble(j ->
                                (double) cells[(row.index(j) * (1 + rank) + 1 + factor) * each] * row.value(j))
                        .sum();
                assertThat((double) sums[f]).isCloseTo(expected, within(1e-5 * (1 + n)));
            }
        }

        /// Whatever stands between the parameters.
        @Test
        void have_the_same_bits_where_parameters_lie_close() {
            var far = random(FEATURES * 9 * 3);
            var close = new float[FEATURES * 9];
            for (var k = 0; k < close.length; k++) {
                close[k] = far[3 * k];
            }
            var row = row(50);

            var sum = Factors.pairs(far, 3, 8, row, new float[8], new float[8]);

            assertThat(Factors.pairs(close, 1, 8, row, new float[8], new float[8]))
                    .isEqualTo(sum);
        }

        @Test
        void of_one_entry_are_none() {
            for (var i = 0; i < 100; i++) {
                assertThat(Factors.pairs(random(FEATURES * 9), 1, 8, row(1), new float[8], new float[8]))
                        .isZero();
            }
        }
    }

    @Nested
    class A_slope {
        @ParameterizedTest
        @CsvSource({"1, 3, 2", "2, 1, 1", "9, 8, 3", "75, 5, 2"})
        void is_the_difference_that_a_little_more_of_the_parameter_makes(int n, int rank, int each) {
            var cells = random(FEATURES * (1 + rank) * each);
            var row = row(n);
            var sums = new float[rank];
            var numbers = new int[n * (1 + rank)];
            var slopes = new float[numbers.length];
            Factors.pairs(cells, each, rank, row, sums, new float[rank]);

            Factors.slopes(cells, each, rank, row, sums, numbers, slopes);

            for (var number = 0; number < FEATURES * (1 + rank); number++) {
                double slope = 0;
                for (var k = 0; k < numbers.length; k++) {
                    slope += numbers[k] == number ? slopes[k] : 0;
                }
                var expected = (margin(cells, each, rank, row, number, H) - margin(cells, each, rank, row, number, -H))
                        / (2 * H);
                assertThat(slope).as("parameter %d", number).isCloseTo(expected, within(1e-4 * (1 + n)));
            }
        }

        /// With `more` on one parameter, in double.
        private static double margin(float[] cells, int each, int rank, Entries row, int number, double more) {
            double margin = 0;
            for (var i = 0; i < row.n; i++) {
                margin += value(cells, each, row.index(i) * (1 + rank), number, more) * row.value(i);
                for (var j = i + 1; j < row.n; j++) {
                    for (var f = 1; f <= rank; f++) {
                        margin += value(cells, each, row.index(i) * (1 + rank) + f, number, more)
                                * value(cells, each, row.index(j) * (1 + rank) + f, number, more)
                                * row.value(i)
                                * row.value(j);
                    }
                }
            }
            return margin;
        }

        private static double value(float[] cells, int each, int at, int number, double more) {
            return cells[at * each] + (at == number ? more : 0);
        }
    }
}
