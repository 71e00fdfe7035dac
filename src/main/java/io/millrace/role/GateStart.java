package io.millrace.role;

import io.millrace.event.Wire;
import io.millrace.model.Committed;
import io.millrace.schema.Champion;
import io.millrace.schema.GateState;
import io.millrace.spec.Spec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// What an active gate goes on from: its last state, which the topics that it obeys and writes must fit.
///
/// @param state the last one committed, or null before the first
/// @param isTold whether the champion topic says what the state does
record GateStart(@Nullable GateState state, boolean isTold) {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /// @throws RoleException if one of the topics was made anew: commands would be obeyed twice or not at all, and
    ///     numbers given twice
    static GateStart read(Spec spec, Map<String, Object> client) {
        var bytes = last(client, spec.topic("gate"));
        var champion = last(client, spec.topic("champion"));
        if (bytes == null) {
            for (var written : List.of(spec.topic("decisions"), spec.topic("champion"))) {
                if (last(client, written) != null) {
                    throw new RoleException(spec.topic("gate") + " holds no state, but " + written
                            + " is not empty: the state was lost. Restore the topic, or start a new history of the gate: "
                            + GateRecords.anew(spec));
                }
            }
            return new GateStart(null, true);
        }
        var state = Wire.decode(GateState.getDecoder(), bytes);
        var commands = new TopicPartition(spec.topic("commands"), 0);
        var end = Objects.requireNonNull(Offsets.ends(client, Set.of(commands)).get(commands));
        if (end < state.getCommandOffset()) {
            throw new RoleException(commands.topic() + " ends at offset " + end
                    + ", but the gate has obeyed it to offset "
                    + state.getCommandOffset() + ": the topic was made anew, and new commands would not be obeyed."
                    + " Restore it, or start a new history of the gate: " + GateRecords.anew(spec));
        }
        var decided = state.getChampion().getDecision() > 0;
        var told =
                champion == null ? !decided : state.getChampion().equals(Wire.decode(Champion.getDecoder(), champion));
        return new GateStart(state, told);
    }

    /// The value of the last record of a topic.
    private static byte @Nullable [] last(Map<String, Object> client, String topic) {
        var partition = new TopicPartition(topic, 0);
        try (var consumer = Committed.glance(client, "earliest")) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = Objects.requireNonNull(
                    consumer.endOffsets(List.of(partition)).get(partition));
            var giveUp = System.nanoTime() + PATIENCE.toNanos();
            byte[] last = null;
            while (consumer.position(partition) < end) {
                for (var record : consumer.poll(POLL)) {
                    last = record.value();
                }
                if (System.nanoTime() > giveUp) {
                    throw new RoleException(partition + " could not be read to offset " + end + " within " + PATIENCE);
                }
            }
            return last;
        }
    }
}
