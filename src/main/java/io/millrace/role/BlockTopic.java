package io.millrace.role;

import io.millrace.event.Wire;
import io.millrace.schema.Block;
import io.millrace.schema.TrainRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// What a role looks up in a block topic before it starts; committed records only.
final class BlockTopic {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
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

    /// Shows records to `enough` until it has.
    ///
    /// @param from offset; a negative one counts from the end, 0 is where the topic begins
    /// @return whether `enough` had enough
    private static boolean read(
            Map<String, Object> client, String topic, long from, long to, int records, Predicate<TrainRecord> enough) {
        var properties = new HashMap<>(client);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, records);
        var partition = new TopicPartition(topic, 0);
        var only = List.of(partition);
        try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(only);
            var end = Math.min(
                    to, Objects.requireNonNull(consumer.endOffsets(only).get(partition), topic));
            var begin = Objects.requireNonNull(consumer.beginningOffsets(only).get(partition), topic);
            consumer.seek(partition, Math.max(begin, from < 0 ? end + from : from));
            var giveUp = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.position(partition) < end) {
                for (var record : consumer.poll(POLL)) {
                    if (record.offset() >= end) {
                        return false;
                    }
                    if (enough.test(Wire.decode(TrainRecord.getDecoder(), record.value()))) {
                        return true;
                    }
                }
                if (System.nanoTime() > giveUp) {
                    throw new RoleException(
                            topic + " has " + end + " offsets and could not be read within " + PATIENCE);
                }
            }
            return false;
        }
    }
}
