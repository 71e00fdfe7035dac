package io.millrace.learn;

import io.millrace.feature.Examples;
import io.millrace.feature.FeatureConfig.Scale;
import io.millrace.feature.NumberFeature;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import java.util.List;
import java.util.Random;

/// Examples and specs for tests of learning.
final class Rows {
    static final int BITS = 12;

    /// Two numbers, one scaled and one not, in the last cells.
    static final List<NumberFeature> NUMBERS =
            List.of(new NumberFeature(4095, Scale.STANDARD), new NumberFeature(4094, Scale.NONE));

    private Rows() {}

    static LearnConfig learn(LossKind loss, double learningRate, double powerT) {
        return new LearnConfig(loss, new OptimizerConfig(OptimizerKind.SGD, learningRate, powerT), BITS);
    }

    /// Random rows that start with [#NUMBERS], some of them missing, some long, some with an index twice. Labels are
    /// 0 and 1, a few are none.
    static Examples random(Random random, int count) {
        var rows = new Examples(NUMBERS.size());
        for (var i = 0; i < count; i++) {
            rows.begin();
            rows.add(4095, random.nextInt(10) == 0 ? Float.NaN : 1000 * random.nextFloat());
            rows.add(4094, random.nextInt(10) == 0 ? Float.NaN : (float) random.nextGaussian());
            rows.add(0, 1);
            var kind = random.nextInt(8);
            rows.add(1 + kind, 1);
            for (var j = random.nextInt(20) == 0 ? 60 : 3; j > 0; j--) {
                rows.add(10 + random.nextInt(50), j % 7 == 6 ? 2 : 1);
            }
            var label = random.nextInt(300) == 0 ? Float.NaN : kind < 4 != (random.nextInt(8) == 0) ? 1 : 0;
            rows.end(label, 1, random.nextLong(), random.nextLong(), 60_000L * (i - random.nextInt(3)));
        }
        return rows;
    }

    /// Makes the labels of [#random] those of so many classes: the kind of the row says which, an eighth of the time
    /// the next.
    static Examples ofClasses(Examples rows, int classes) {
        for (var i = 0; i < rows.size; i++) {
            var kind = rows.indices[rows.rows[i] + 3] - 1;
            var isKind = kind < 4 == (rows.labels[i] == 1);
            rows.labels[i] = Float.isNaN(rows.labels[i]) ? Float.NaN : (kind + (isKind ? 0 : 1)) % classes;
        }
        return rows;
    }

    /// Rows `from` to `to` (exclusive) as a batch of their own.
    static Examples slice(Examples rows, int from, int to) {
        var slice = new Examples(rows.numbers);
        for (var i = from; i < to; i++) {
            slice.begin();
            for (var j = rows.rows[i]; j < rows.rows[i + 1]; j++) {
                slice.add(rows.indices[j], rows.values[j]);
            }
            slice.end(rows.labels[i], rows.weights[i], rows.ids[i], rows.groups[i], rows.times[i]);
        }
        return slice;
    }
}
