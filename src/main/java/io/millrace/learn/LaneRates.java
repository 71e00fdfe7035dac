package io.millrace.learn;

import io.millrace.kernel.LaneStep;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import java.util.ArrayList;
import java.util.List;

/// The learning rates of lanes at example t: the bits of each lane's [Schedule]. A power is taken once for all lanes
/// that have it, for a power takes longer than all else of an example.
final class LaneRates {
    private final float[] first = new float[LaneStep.MOST];
    private final boolean constant;
    private final boolean shrinks;
    private final double[] rates;
    private final double[] powers;
    /// By lane: the first lane of the same power.
    private final int[] like;

    private final double[] divisors;
    private final List<Schedule> schedules;
    private final boolean byPower;

    LaneRates(List<OptimizerConfig> lanes) {
        var n = lanes.size();
        rates = new double[n];
        powers = new double[n];
        divisors = new double[n];
        like = new int[n];
        schedules = lanes.stream().map(Schedule::of).toList();
        var base = lanes.getFirst();
        byPower = base.inverseTime().isEmpty() && base.cosine().isEmpty();
        constant = byPower && lanes.stream().allMatch(lane -> lane.powerT() == 0);
        shrinks = lanes.stream()
                .anyMatch(lane -> lane.l1().orElse(0) > 0 || lane.l2().orElse(0) > 0);
        var least = base.kind() == OptimizerKind.FTRL ? Ftrl.LEAST : 0;
        for (var lane = 0; lane < n; lane++) {
            rates[lane] = lanes.get(lane).learningRate();
            powers[lane] = lanes.get(lane).powerT();
            first[lane] = Math.max(least, (float) rates[lane]);
            while (powers[like[lane]] != powers[lane]) {
                like[lane]++;
            }
        }
    }

    boolean shrinks() {
        return shrinks;
    }

    /// @param into becomes the rate of each lane
    void at(long t, float[] into) {
        if (constant) {
            System.arraycopy(first, 0, into, 0, LaneStep.MOST);
        } else if (byPower) {
            for (var lane = 0; lane < rates.length; lane++) {
                divisors[lane] = like[lane] < lane ? divisors[like[lane]] : divisor(t, lane);
                into[lane] = powers[lane] == 0 ? first[lane] : (float) (rates[lane] / divisors[lane]);
            }
        } else {
            for (var lane = 0; lane < rates.length; lane++) {
                into[lane] = schedules.get(lane).rate(t);
            }
        }
    }

    private double divisor(long t, int lane) {
        return powers[lane] == 0 ? 1 : StrictMath.pow((double) t, powers[lane]);
    }

    /// Two rows of numbers as one.
    static List<Double> join(double[] one, double[] other) {
        var all = new ArrayList<Double>();
        for (var row : List.of(one, other)) {
            for (var value : row) {
                all.add(value);
            }
        }
        return all;
    }

    /// And back.
    ///
    /// @throws IllegalArgumentException if it is not as long as what [#join] gives
    static void part(List<Double> all, double[] one, double[] other) {
        Optimizer.checkLength(all, one.length + other.length);
        for (var k = 0; k < one.length; k++) {
            one[k] = all.get(k);
            other[k] = all.get(one.length + k);
        }
    }
}
