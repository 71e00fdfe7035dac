package io.millrace.replay;

import io.millrace.model.Committed;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// Committed records of partitions from offset to offset, without a group: nothing is committed, nothing is waited for
/// beyond the end.
final class LogReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Long> first;
    private final Map<TopicPartition, Long> end;

    /// @param client properties of a Kafka client, at least `bootstrap.servers`
    /// @throws ReplayException if the topic does not exist
    LogReader(Map<String, Object> client, String topic) {
        consumer = consumer(client);
        var partitions = partitions(topic);
        consumer.assign(partitions);
        first = consumer.beginningOffsets(partitions);
        end = consumer.endOffsets(partitions);
        consumer.seekToBeginning(partitions);
    }

    /// Whether a topic is there.
    static boolean exists(Map<String, Object> client, String topic) {
        try (var consumer = consumer(client)) {
            var found = consumer.partitionsFor(topic);
            return found != null && !found.isEmpty();
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> client) {
        var wide = new HashMap<>(client);
        wide.putIfAbsent(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 8 << 20);
        wide.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000);
        return Committed.glance(wide, "none");
    }

    private List<TopicPartition> partitions(String topic) {
        var found = consumer.partitionsFor(topic);
        if (found == null || found.isEmpty()) {
            consumer.close();
            throw new ReplayException("topic " + topic + " does not exist: expected one to replay");
        }
        return found.stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .sorted(java.util.Comparator.comparingInt(TopicPartition::partition))
                .toList();
    }

    List<TopicPartition> partitions() {
        return end.keySet().stream()
                .sorted(java.util.Comparator.comparingInt(TopicPartition::partition))
                .toList();
    }

    /// Offset of the oldest record there may be.
    long first(TopicPartition partition) {
        return Objects.requireNonNull(first.get(partition));
    }

    /// Offset after the last committed record, as it was when this was opened.
    long end(TopicPartition partition) {
        return Objects.requireNonNull(end.get(partition));
    }

    void seek(TopicPartition partition, long offset) {
        consumer.seek(partition, offset);
    }

    /// Offset of the next record to come.
    long position(TopicPartition partition) {
        return consumer.position(partition);
    }

    /// Fetches from these partitions only.
    void want(List<TopicPartition> partitions) {
        consumer.pause(consumer.assignment());
        consumer.resume(partitions);
    }

    Iterable<ConsumerRecord<byte[], byte[]>> poll() {
        return consumer.poll(POLL);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
