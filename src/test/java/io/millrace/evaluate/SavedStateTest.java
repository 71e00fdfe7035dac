package io.millrace.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Where each sum stands in a state. Changelogs hold states for as long as a lineage lives, so none may move.
class SavedStateTest {
    private static final Outcome NUMBER = Outcome.number(new Cost(PointLoss.PINBALL, 0.75));
    private static final double LN_2 = -StrictMath.log(0.5);

    /// So many groups are told apart.
    private static final int GROUPS = 256;

    @Nested
    class Held_out {
        private static final int HEADER = 3;

        private List<Double> state(Outcome outcome, float label, float... prediction) {
            var heldOut = outcome.heldOut();
            heldOut.add(prediction, 0, label, 2, 1); // the second group
            return heldOut.state();
        }

        /// Examples, examples in the window, growth; then all sums twice.
        private int cells(List<Double> state, int behind) {
            assertThat(state.subList(0, HEADER)).containsExactly(1.0, 1.0, 1.0);
            var cells = (state.size() - HEADER - behind) / 2;
            assertThat(state.subList(HEADER + cells, HEADER + 2 * cells))
                    .isEqualTo(state.subList(HEADER, HEADER + cells));
            return cells;
        }

        @Test
        void numbers() {
            var state = state(NUMBER, 5, 3);

            assertThat(cells(state, 4)).isEqualTo(GROUPS * 6 + 2 * 3);
            // absolute, square, label and its square less the first one, own cost, weight
            assertThat(state.subList(HEADER + 6, HEADER + 12)).containsExactly(4.0, 8.0, 0.0, 0.0, 3.0, 2.0);
            // the constant 0, the last label 0: absolute, square, own
            assertThat(state.subList(HEADER + GROUPS * 6, HEADER + GROUPS * 6 + 6))
                    .containsExactly(10.0, 50.0, 7.5, 10.0, 50.0, 7.5);
            // weight, labels, the last one; the first one
            assertThat(state.subList(state.size() - 4, state.size())).containsExactly(2.0, 10.0, 5.0, 5.0);
        }

        @Test
        void a_probability() {
            var state = state(Outcome.BINARY, 1, 0.75f);

            assertThat(cells(state, 7)).isEqualTo(GROUPS * 4 + 2 * 3 + Roc.CELLS + 3 * 10);
            // log loss, hits, Brier score, weight
            assertThat(state.subList(HEADER + 4, HEADER + 8))
                    .containsExactly(-2 * StrictMath.log(0.75), 2.0, 0.125, 2.0);
            var baselines = HEADER + GROUPS * 4;
            assertThat(state.subList(baselines, baselines + 6)).containsExactly(2 * LN_2, 2.0, 0.5, 2 * LN_2, 2.0, 0.5);
            assertThat(state.get(baselines + 6 + Roc.cell(0.75f, true))).isEqualTo(2);
            var bin = baselines + 6 + Roc.CELLS + 3 * 7;
            assertThat(state.subList(bin, bin + 3)).containsExactly(2.0, 1.5, 2.0);
            // what followed 0, 1 and none; ones of them; the last label
            assertThat(state.subList(state.size() - 7, state.size()))
                    .containsExactly(0.0, 0.0, 2.0, 0.0, 0.0, 2.0, 1.0);
        }

        @Test
        void several_classes() {
            var state = state(Outcome.classes(4), 2, 0.125f, 0.125f, 0.5f, 0.25f);

            assertThat(cells(state, 25 + 5 + 1)).isEqualTo(GROUPS * 4 + 2 * 3 + 3 * 10);
            assertThat(state.subList(HEADER + 4, HEADER + 8)).containsExactly(2 * LN_2, 2.0, 0.6875, 2.0);
            var baselines = HEADER + GROUPS * 4;
            assertThat(state.subList(baselines, baselines + 6))
                    .containsExactly(-2 * StrictMath.log(0.25), 0.0, 1.5, -2 * StrictMath.log(0.25), 0.0, 1.5);
            var bin = baselines + 6 + 3 * 5;
            assertThat(state.subList(bin, bin + 3)).containsExactly(2.0, 1.0, 2.0);
            // what followed none; what was seen; the last label
            assertThat(state.subList(state.size() - 11, state.size()))
                    .containsExactly(0.0, 0.0, 2.0, 0.0, 2.0, 0.0, 0.0, 2.0, 0.0, 2.0, 2.0);
        }
    }

    @Nested
    class Progressive {
        private List<Double> state(Outcome outcome, float label, float... prediction) {
            var progress = outcome.progress();
            progress.add(prediction, 0, label, 2);
            return progress.state();
        }

        /// Examples of the window; its sums, by measure of the model and of two baselines, and their weight.
        @Test
        void numbers() {
            var state = state(NUMBER, 5, 3);

            assertThat(state).hasSize(1 + 3 * 10 + 3);
            assertThat(state.subList(0, 11)).containsExactly(1.0, 4.0, 10.0, 10.0, 8.0, 50.0, 50.0, 3.0, 7.5, 7.5, 2.0);
            assertThat(state.subList(31, 34)).containsExactly(2.0, 10.0, 5.0);
        }

        /// Likewise; then products of probabilities.
        @Test
        void a_probability() {
            var state = state(Outcome.BINARY, 1, 0.75f);

            assertThat(state).hasSize(1 + 3 * 7 + 3 + 7);
            assertThat(state.subList(0, 8))
                    .containsExactly(1.0, -2 * StrictMath.log(0.75), 2 * LN_2, 2 * LN_2, 2.0, 2.0, 2.0, 2.0);
            assertThat(state.subList(22, 32)).containsExactly(1.0, 1.0, 1.0, 0.0, 0.0, 2.0, 0.0, 0.0, 2.0, 1.0);
        }

        @Test
        void several_classes() {
            var state = state(Outcome.classes(4), 2, 0.125f, 0.125f, 0.5f, 0.25f);

            assertThat(state).hasSize(1 + 3 * 7 + 31);
            var quarter = -2 * StrictMath.log(0.25);
            assertThat(state.subList(0, 8)).containsExactly(1.0, 2 * LN_2, quarter, quarter, 2.0, 0.0, 0.0, 2.0);
        }
    }
}
