package io.millrace.role;

import io.millrace.event.Wire;
import io.millrace.schema.Champion;
import io.millrace.schema.GateState;
import io.millrace.spec.Spec;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// What an active gate goes on from: its last state, which the topics that it obeys and writes must fit.
///
/// @param state the last one committed, or null before the first
/// @param isTold whether the champion topic says what the state does
record GateStart(@Nullable GateState state, boolean isTold) {
    private static final int MANY = 500;

    /// @throws RoleException if one of the topics was made anew: commands would be obeyed twice or not at all, and
    ///     numbers given twice
    static GateStart read(Spec spec, Map<String, Object> client) {
        var bytes = last(client, spec.topic("gate"));
        var champion = last(client, spec.topic("champion"));
        if (bytes == null) {
            requireNone(spec, "decisions", last(client, spec.topic("decisions")));
            requireNone(spec, "champion", champion);
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

    private static void requireNone(Spec spec, String word, byte @Nullable [] written) {
        if (written != null) {
            throw new RoleException(spec.topic("gate") + " holds no state, but " + spec.topic(word)
                    + " is not empty: the state was lost. Restore the topic, or start a new history of the gate: "
                    + GateRecords.anew(spec));
        }
    }

    /// The value of the last record of a topic.
    private static byte @Nullable [] last(Map<String, Object> client, String topic) {
        var last = new AtomicReference<byte @Nullable []>();
        Scan.records(client, new TopicPartition(topic, 0), 0, Long.MAX_VALUE, MANY, record -> {
            last.set(record.value());
            return false;
        });
        return last.get();
    }
}
