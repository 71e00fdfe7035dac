package io.millrace.evaluate;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The circuit breaker of a lineage: whether its newest version may serve, or the anchor must; and which version is the
/// anchor. It compares both on every validation example, on arrival.
///
/// | verdict | when |
/// |---|---|
/// | `ANCHOR` | there is none and a window of examples was seen; or an eighth of the anchor's time has passed, with a
/// window of examples in it, and the newest was no worse over it; or the anchor is too old |
/// | `TRIP` | the newest is worse than (1 + tolerance) × the anchor's loss with the confidence asked for. Two
/// comparisons run, each over two windows, one a window behind the other, so that a long good past hides nothing |
/// | `RECOVER` | tripped, and over a whole window of examples the newest was no worse than (1 + tolerance / 2) × the
/// anchor's loss |
///
/// An anchor is never replaced while the breaker is tripped. A verdict is a function of the examples and the ends of
/// blocks in their order. One thread.
public final class Breaker {
    /// What follows from a block.
    public enum Verdict {
        NOTHING,
        ANCHOR,
        TRIP,
        RECOVER
    }

    /// What the breaker goes by.
    ///
    /// @param cost compared
    /// @param tolerance share of the anchor's loss
    /// @param confidence of one comparison
    /// @param window validation examples
    /// @param anchorMillis age of an anchor in event time
    public record Rule(Cost cost, double tolerance, double confidence, int window, long anchorMillis) {}

    /// Length of a state.
    private static final int NUMBERS = 6 + 4 * Trial.NUMBERS;

    private static final int PERIODS = 8;

    private final Rule rule;
    /// The older of the two comparisons, and the one that begins a window later.
    private final Trial[] trials;
    private final Trial recovery;
    private final Trial period;

    private boolean tripped;
    private boolean staggered;
    private boolean anchored;
    private long latest = Long.MIN_VALUE;
    private long anchoredAt;
    private long periodAt;
    private @Nullable Trial decisive;

    public Breaker(Rule rule) {
        this.rule = rule;
        trials = new Trial[] {trial(1 + rule.tolerance), trial(1 + rule.tolerance)};
        recovery = trial(1 + rule.tolerance / 2);
        period = trial(1);
    }

    private Trial trial(double factor) {
        return new Trial(factor, rule.confidence);
    }

    /// Begins a block.
    ///
    /// @param judgement number of its judgement
    /// @param offset of the block
    public void begin(long judgement, long offset) {
        period.begin(judgement, offset);
        if (tripped) {
            recovery.begin(judgement, offset);
        } else {
            trials[0].begin(judgement, offset);
            trials[1].begin(judgement, offset);
        }
    }

    /// Adds an example of the block begun.
    ///
    /// @param newest predictions of the newest version, as [Outcome] says
    /// @param anchor those of the anchor; of no account before there is one
    /// @param at where that of the example begins in either
    /// @param outputs numbers that it has
    /// @param weight how often the example counts
    /// @param cluster of its group, 0 to 255
    public void add(float[] newest, float[] anchor, int at, int outputs, float label, float weight, int cluster) {
        var first = rule.cost.of(newest, at, outputs, label);
        var second = anchored ? rule.cost.of(anchor, at, outputs, label) : first;
        period.sums().add(first, second, weight, cluster);
        if (tripped) {
            recovery.sums().add(first, second, weight, cluster);
        } else {
            trials[0].sums().add(first, second, weight, cluster);
            trials[1].sums().add(first, second, weight, cluster);
        }
    }

    /// Ends the block begun.
    ///
    /// @param eventTime the latest of the block, milliseconds since 1970
    /// @param pinned whether an operator has pinned what serves: then there is neither trip nor recovery
    public Verdict end(long eventTime, boolean pinned) {
        if (latest == Long.MIN_VALUE) {
            anchoredAt = eventTime;
            periodAt = eventTime;
        }
        latest = Math.max(latest, eventTime);
        decisive = null;
        var verdict = pinned ? Verdict.NOTHING : tripped ? recovers() : trips();
        return verdict == Verdict.NOTHING && !tripped ? anchor() : verdict;
    }

    private Verdict trips() {
        if (!anchored) {
            return Verdict.NOTHING;
        }
        for (var trial : trials) {
            if (trial.sums().lower() > 0) {
                tripped = true;
                decisive = trial;
                return Verdict.TRIP;
            }
        }
        if (!staggered && trials[1].sums().examples() >= rule.window) {
            trials[1].reset();
            staggered = true;
        }
        for (var trial : trials) {
            if (trial.sums().examples() >= 2L * rule.window) {
                trial.reset();
            }
        }
        return Verdict.NOTHING;
    }

    private Verdict recovers() {
        if (recovery.sums().examples() < rule.window) {
            return Verdict.NOTHING;
        }
        if (recovery.sums().difference() <= 0) {
            tripped = false;
            decisive = recovery;
            return Verdict.RECOVER;
        }
        recovery.reset();
        return Verdict.NOTHING;
    }

    private Verdict anchor() {
        var whole = latest - periodAt >= rule.anchorMillis / PERIODS;
        if (period.sums().examples() < rule.window || (anchored && !whole)) {
            return Verdict.NOTHING;
        }
        if (anchored && period.sums().difference() > 0 && latest - anchoredAt < rule.anchorMillis) {
            period.reset();
            periodAt = latest;
            return Verdict.NOTHING;
        }
        decisive = anchored ? period : null;
        return Verdict.ANCHOR;
    }

    /// The comparison that the last verdict rests on; null where it rests on none. It is there until [#proceed].
    public @Nullable Trial evidence() {
        return decisive;
    }

    /// Goes on after a verdict has been acted on.
    public void proceed(Verdict verdict) {
        if (verdict == Verdict.NOTHING) {
            return;
        }
        anchored = true;
        anchoredAt = latest;
        restart();
    }

    /// Forgets what was compared, such as when an operator has changed what serves.
    ///
    /// @param isTripped whether the anchor serves
    public void restart(boolean isTripped) {
        tripped = isTripped;
        restart();
    }

    private void restart() {
        for (var trial : trials) {
            trial.reset();
        }
        recovery.reset();
        period.reset();
        staggered = false;
        periodAt = latest;
        decisive = null;
    }

    public boolean isTripped() {
        return tripped;
    }

    /// All sums and marks, so that [#restore] goes on with the same bits.
    public List<Double> state() {
        var state = new ArrayList<Double>();
        state.add(tripped ? 1.0 : 0);
        state.add(staggered ? 1.0 : 0);
        state.add(anchored ? 1.0 : 0);
        state.add(latest == Long.MIN_VALUE ? Double.NaN : latest);
        state.add((double) anchoredAt);
        state.add((double) periodAt);
        for (var trial : List.of(trials[0], trials[1], recovery, period)) {
            trial.writeTo(state);
        }
        return state;
    }

    /// Goes on from a state.
    ///
    /// @throws IllegalArgumentException if it is not as long as what [#state] gives
    public void restore(List<Double> state) {
        Sums.checkLength(state, NUMBERS);
        var next = state.iterator();
        tripped = next.next() != 0;
        staggered = next.next() != 0;
        anchored = next.next() != 0;
        var time = next.next();
        latest = time.isNaN() ? Long.MIN_VALUE : time.longValue();
        anchoredAt = next.next().longValue();
        periodAt = next.next().longValue();
        for (var trial : List.of(trials[0], trials[1], recovery, period)) {
            trial.readFrom(next);
        }
        decisive = null;
    }
}
