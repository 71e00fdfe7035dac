package io.millrace.role;

import io.millrace.evaluate.Cost;
import io.millrace.evaluate.Trial;
import io.millrace.feature.Examples;
import io.millrace.schema.Evidence;
import io.millrace.schema.JudgedAs;
import io.millrace.schema.VersionPredictions;
import io.millrace.spec.Spec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the gate writes, from what it computes.
final class GateRecords {
    /// Key of the one record that a compacted topic of the gate keeps.
    static final byte[] KEY = "gate".getBytes(StandardCharsets.US_ASCII);

    private GateRecords() {}

    static Evidence evidence(
            Trial trial, Cost cost, String first, String second, String topic, long judgement, long offset) {
        var sums = trial.sums();
        return Evidence.newBuilder()
                .setFirstJudgement(trial.firstJudgement())
                .setLastJudgement(judgement)
                .setTopic(topic)
                .setFirstOffset(trial.firstOffset())
                .setLastOffset(offset)
                .setMetric(cost.word())
                .setFirst(first)
                .setSecond(second)
                .setFactor(sums.factor())
                .setExamples(sums.examples())
                .setClusters(sums.clusters())
                .setFirstLoss(sums.first())
                .setSecondLoss(sums.second())
                .setDifference(sums.difference())
                .setLower(sums.lower())
                .setUpper(sums.upper())
                .setConfidence(trial.confidence())
                .build();
    }

    /// @param count of numbers, all of a prediction side by side
    static VersionPredictions predictions(String lineage, long version, JudgedAs as, float[] values, int count) {
        return new VersionPredictions(lineage, version, as, pack(values, count));
    }

    static ByteBuffer pack(float[] values, int count) {
        var column = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        column.asFloatBuffer().put(values, 0, count);
        return column;
    }

    static ByteBuffer pack(long[] values) {
        var column = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        column.asLongBuffer().put(values);
        return column;
    }

    /// Weights, or null where all are 1.
    static @Nullable ByteBuffer weights(Examples block) {
        for (var row = 0; row < block.size; row++) {
            if (block.weights[row] != 1) {
                return pack(block.weights, block.size);
            }
        }
        return null;
    }

    static ByteBuffer clusters(Examples block) {
        var column = ByteBuffer.allocate(block.size);
        for (var row = 0; row < block.size; row++) {
            column.put((byte) cluster(block.groups[row]));
        }
        return column.flip();
    }

    /// 0 to 255. The low bits: the high ones decide the split.
    static int cluster(long group) {
        return (int) (group & 0xff);
    }

    /// What versions of a spec are compared by.
    static Cost cost(Spec spec) {
        var own = spec.learn().outcome().cost();
        return spec.gate()
                .metric()
                .filter(metric -> metric != own.loss())
                .map(Cost::new)
                .orElse(own);
    }

    /// What an operator deletes for a gate that knows nothing: all of it, for commands would be obeyed again and
    /// numbers given twice.
    static String anew(Spec spec) {
        return "delete "
                + Stream.of("gate", "champion", "commands", "decisions", "judgements")
                        .map(spec::topic)
                        .collect(Collectors.joining(", "))
                + " while no gate runs";
    }
}
