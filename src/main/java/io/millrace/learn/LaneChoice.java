package io.millrace.learn;

import java.util.List;

/// Which lane is served: the first, until another has been better for a while.
///
/// It is asked once in 1,024 examples, so the choice follows from the examples alone. A challenger is the lane of the
/// least decayed loss; it is served after it was one [#WINDOWS] times in a row, each time better by the share
/// [#MARGIN].
final class LaneChoice {
    static final double MARGIN = 0.001;
    static final int WINDOWS = 4;

    private int served;
    private int challenger;
    private int streak;

    int served() {
        return served;
    }

    /// @param losses of each lane
    /// @return whether another lane is served from now on
    boolean consider(double[] losses) {
        var best = served;
        for (var lane = 0; lane < losses.length; lane++) {
            best = losses[lane] < losses[best] ? lane : best;
        }
        if (!(losses[best] < losses[served] * (1 - MARGIN))) {
            streak = 0;
            return false;
        }
        streak = best == challenger ? streak + 1 : 1;
        challenger = best;
        if (streak < WINDOWS) {
            return false;
        }
        served = best;
        streak = 0;
        return true;
    }

    List<Double> state() {
        return List.of((double) served, (double) challenger, (double) streak);
    }

    /// @param state three numbers
    void restore(List<Double> state) {
        served = state.get(0).intValue();
        challenger = state.get(1).intValue();
        streak = state.get(2).intValue();
    }

    /// Begins anew, with this lane.
    void serve(int lane) {
        served = lane;
        challenger = lane;
        streak = 0;
    }
}
