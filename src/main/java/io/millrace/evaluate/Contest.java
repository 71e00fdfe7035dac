package io.millrace.evaluate;

import java.util.ArrayList;
import java.util.List;

/// Whether a candidate predicts significantly better than the champion, on the same examples. It holds at any time, so
/// it may be asked after every block. See [Paired].
public final class Contest {
    private final Cost cost;
    private final Trial trial;

    public Contest(Breaker.Rule rule) {
        cost = rule.cost();
        trial = new Trial(1, rule.confidence());
    }

    /// Begins a block.
    ///
    /// @param judgement number of its judgement
    /// @param offset of the block
    public void begin(long judgement, long offset) {
        trial.begin(judgement, offset);
    }

    /// Adds an example of the block begun.
    ///
    /// @param champion predictions of what serves, as [Outcome] says
    /// @param at where that of the example begins in both
    /// @param outputs numbers that it has
    /// @param weight how often the example counts
    /// @param cluster of its group, 0 to 255
    public void add(float[] champion, float[] candidate, int at, int outputs, float label, float weight, int cluster) {
        trial.sums()
                .add(cost.of(champion, at, outputs, label), cost.of(candidate, at, outputs, label), weight, cluster);
    }

    /// Whether the champion's loss is significantly the greater one.
    public boolean isWon() {
        return trial.sums().lower() > 0;
    }

    public Trial evidence() {
        return trial;
    }

    public void reset() {
        trial.reset();
    }

    /// All sums and marks, so that [#restore] goes on with the same bits.
    public List<Double> state() {
        var state = new ArrayList<Double>();
        trial.writeTo(state);
        return state;
    }

    /// Goes on from a state.
    ///
    /// @throws IllegalArgumentException if it is not as long as what [#state] gives
    public void restore(List<Double> state) {
        Sums.checkLength(state, Trial.NUMBERS);
        trial.readFrom(state.iterator());
    }
}
