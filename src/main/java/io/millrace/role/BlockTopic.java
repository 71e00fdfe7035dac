package io.millrace.role;

import io.millrace.event.Wire;
import io.millrace.schema.Block;
import io.millrace.schema.TrainRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/// What a role looks up in a block topic before it starts; committed records only.
final class BlockTopic {
    private static final int FEW = 2;
    private static final int MANY = 500;

    private BlockTopic() {}

    /// The first record.
    static Optional<TrainRecord> first(Map<String, Object> client, String topic) {
        var first = new AtomicReference<TrainRecord>();
        read(client, topic, 0, Long.MAX_VALUE, FEW, record -> {
            first.set(record);
            return true;
        });
        return Optional.ofNullable(first.get());
    }

    /// Whether there is a block.
    static boolean hasBlock(Map<String, Object> client, String topic) {
        return read(client, topic, 0, Long.MAX_VALUE, FEW, record -> record.getBody() instanceof Block);
    }

    /// Whether there is a record between two offsets, the second exclusive: not only marks of transactions.
    static boolean hasRecord(Map<String, Object> client, String topic, long from, long to) {
        return read(client, topic, from, to, FEW, record -> true);
    }

    /// The source offset of the last event of each source partition that the last `tail` offsets of the topic tell of.
    static Map<TopicPartition, Long> lastEvents(Map<String, Object> client, String topic, long tail) {
        var last = new HashMap<TopicPartition, Long>();
        read(client, topic, -tail, Long.MAX_VALUE, MANY, record -> {
            if (record.getBody() instanceof Block block) {
                last.merge(
                        new TopicPartition(block.getTopic(), block.getPartition()), block.getLastOffset(), Math::max);
            }
            return false;
        });
        return last;
    }

    /// Shows records to `enough` until it has, see [Scan#records].
    private static boolean read(
            Map<String, Object> client, String topic, long from, long to, int records, Predicate<TrainRecord> enough) {
        return Scan.records(
                client,
                new TopicPartition(topic, 0),
                from,
                to,
                records,
                record -> enough.test(Wire.decode(TrainRecord.getDecoder(), record.value())));
    }
}
