package io.millrace.role;

import io.millrace.spec.Spec;
import io.millrace.split.Split;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.TopicPartition;

/// Whether a split would go on where its log ends: asked before it starts, since what it writes twice stays written.
final class SourceCheck {
    /// Offsets at the end of a block topic that are looked through: a partition that has been quiet for longer is not
    /// checked.
    static final long TAIL = 1_000;

    /// A transaction's offsets may be seen a little later than its blocks.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int MANY = 500;

    private static final Duration PAUSE = Duration.ofMillis(300);

    private SourceCheck() {}

    /// @param group of the split
    /// @throws RoleException if the log holds events that the group has not committed, or that are not in the topic
    static void check(Spec spec, RoleSettings settings, String group) {
        var client = settings.client();
        if (!Offsets.committed(client, group).isEmpty()) {
            for (var split : Split.values()) {
                var topic = spec.topic(settings.lineage(), split.word());
                fit(client, topic, group, BlockTopic.lastEvents(client, topic, TAIL));
            }
            if (ById.isUsed(spec)) {
                var topic = ById.topic(spec, settings.lineage());
                fit(client, topic, group, lastRouted(spec, client, topic));
            }
            return;
        }
        for (var split : Split.values()) {
            var topic = spec.topic(settings.lineage(), split.word());
            if (BlockTopic.hasBlock(client, topic)) {
                throw new RoleException(
                        "group " + group + " has no committed offsets, but " + topic
                                + " holds blocks: the offsets were lost (a broker forgets those of a group that is away for"
                                + " offsets.retention.minutes). Set them to where the log ends, or start a new lineage with --lineage");
            }
        }
    }

    /// The offset of the last event of each partition of the events topic that the topic of events by id tells of.
    private static Map<TopicPartition, Long> lastRouted(Spec spec, Map<String, Object> client, String topic) {
        var last = new HashMap<TopicPartition, Long>();
        for (var partition = 0; partition < Offsets.partitions(client, topic); partition++) {
            Scan.records(client, new TopicPartition(topic, partition), -TAIL, Long.MAX_VALUE, MANY, record -> {
                if (record.serializedValueSize() >= ById.ORIGIN) {
                    var origin = ById.Origin.of(spec.events().topic(), record.value(), 0);
                    last.merge(origin.partition(), origin.offset(), Math::max);
                }
                return false;
            });
        }
        return last;
    }

    private static void fit(Map<String, Object> client, String topic, String group, Map<TopicPartition, Long> last) {
        checkEnds(client, topic, last);
        var giveUp = System.nanoTime() + PATIENCE.toNanos();
        for (var behind = behind(client, topic, group, last);
                behind.isPresent();
                behind = behind(client, topic, group, last)) {
            if (System.nanoTime() > giveUp) {
                throw behind.get();
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private static void checkEnds(Map<String, Object> client, String topic, Map<TopicPartition, Long> last) {
        var ends = Offsets.ends(client, last.keySet());
        last.forEach((partition, offset) -> {
            if (ends.getOrDefault(partition, 0L) <= offset) {
                throw new RoleException(partition + " ends at offset " + ends.getOrDefault(partition, 0L) + ", but "
                        + topic + " holds its events up to offset " + offset
                        + ". The topic lost records or was made anew; start a new lineage with --lineage");
            }
        });
    }

    private static Optional<RoleException> behind(
            Map<String, Object> client, String topic, String group, Map<TopicPartition, Long> last) {
        var committed = new HashMap<TopicPartition, Long>();
        Offsets.committed(client, group).forEach((partition, found) -> committed.put(partition, found.offset()));
        return last.entrySet().stream()
                .filter(event -> committed.getOrDefault(event.getKey(), 0L) <= event.getValue())
                .findFirst()
                .map(event -> new RoleException("group " + group + " stands at offset "
                        + committed.getOrDefault(event.getKey(), 0L) + " of " + event.getKey() + ", but " + topic
                        + " holds its events up to offset " + event.getValue()
                        + ": they would be learned twice. The group's offsets were lost or moved back; set them to "
                        + (event.getValue() + 1) + ", or start a new lineage with --lineage"));
    }
}
