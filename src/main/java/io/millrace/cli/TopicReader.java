package io.millrace.cli;

import io.millrace.model.Committed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// Shows committed records of a topic to a command, from their beginning, without a group.
final class TopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;

    /// @throws CommandException if the topic does not exist
    TopicReader(Map<String, Object> client, String topic) {
        this(Committed.consumer(client, "earliest"), topic);
    }

    /// One for what is there now: quick to close, but it asks often where it is to wait for more.
    static TopicReader glance(Map<String, Object> client, String topic) {
        return new TopicReader(Committed.glance(client, "earliest"), topic);
    }

    private TopicReader(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        this.consumer = consumer;
        var found = consumer.partitionsFor(topic);
        if (found == null || found.isEmpty()) {
            consumer.close();
            throw CommandException.wrong(
                    "topic " + topic + " does not exist: expected one that the roles of this spec write");
        }
        partitions = found.stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
    }

    /// Starts at the end as of now instead.
    void seekToEnd() {
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // else it would be looked up later
    }

    /// Starts at an offset of the only partition instead.
    void seek(long offset) {
        consumer.seek(partitions.getFirst(), offset);
    }

    /// Hands on what there is, until `each` wants no more.
    void read(Predicate<ConsumerRecord<byte[], byte[]>> each) {
        var ends = consumer.endOffsets(partitions);
        while (partitions.stream()
                .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
            for (var record : consumer.poll(POLL)) {
                if (!each.test(record)) {
                    return;
                }
            }
        }
    }

    /// Hands on what has come, without waiting.
    void look(Predicate<ConsumerRecord<byte[], byte[]>> each) {
        for (var record : consumer.poll(Duration.ZERO)) {
            if (!each.test(record)) {
                return;
            }
        }
    }

    /// Hands on what comes, until `each` wants no more or a stop is wanted.
    void follow(Stop stop, Predicate<ConsumerRecord<byte[], byte[]>> each) {
        while (!stop.isWanted()) {
            for (var record : consumer.poll(POLL)) {
                if (!each.test(record)) {
                    return;
                }
            }
        }
    }

    /// Hands on what comes, until `each` wants no more or the time is up.
    void await(Duration patience, Predicate<ConsumerRecord<byte[], byte[]>> each) {
        var end = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() < end) {
            for (var record : consumer.poll(POLL)) {
                if (!each.test(record)) {
                    return;
                }
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
