package io.millrace.role;

import io.millrace.model.Committed;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// A look through committed records of a partition, as a role takes before it starts.
final class Scan {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Scan() {}

    /// Shows records to `enough` until it has.
    ///
    /// @param from offset; a negative one counts from the end, 0 is where the partition begins
    /// @param to offset that is no longer shown
    /// @param records fetched at a time
    /// @return whether `enough` had enough
    static boolean records(
            Map<String, Object> client,
            TopicPartition partition,
            long from,
            long to,
            int records,
            Predicate<ConsumerRecord<byte[], byte[]>> enough) {
        var properties = new HashMap<>(client);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, records);
        var only = List.of(partition);
        try (var consumer = Committed.glance(properties, "earliest")) {
            consumer.assign(only);
            var end = Math.min(
                    to, Objects.requireNonNull(consumer.endOffsets(only).get(partition), partition::toString));
            var begin = Objects.requireNonNull(consumer.beginningOffsets(only).get(partition), partition::toString);
            consumer.seek(partition, Math.max(begin, from < 0 ? end + from : from));
            var giveUp = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.position(partition) < end) {
                for (var record : consumer.poll(POLL)) {
                    if (record.offset() >= end) {
                        return false;
                    }
                    if (enough.test(record)) {
                        return true;
                    }
                }
                if (System.nanoTime() > giveUp) {
                    throw new RoleException(
                            partition + " has " + end + " offsets and could not be read within " + PATIENCE);
                }
            }
            return false;
        }
    }
}
