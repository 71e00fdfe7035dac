package io.millrace.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// Sends events to a topic, in order and each once: idempotent, acknowledged by all replicas. Their record time is the
/// wall clock, so that
/// retention leaves old events alone.
final class EventProducer implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    EventProducer(Map<String, Object> client, String topic) {
        this.topic = topic;
        var properties = new HashMap<>(client);
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        // a broker that has just started may refuse a producer's first batch and take the second for the first: then
        // the first would be out of order until it is given up
        properties.putIfAbsent(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 5);
        properties.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, 128 << 10);
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /// Hands one event on, waiting only where much is under way.
    ///
    /// @throws CommandException if an earlier one was not acknowledged
    void send(byte[] value) {
        check();
        var _ = producer.send(new ProducerRecord<>(topic, value), (_, e) -> failure.compareAndSet(null, e));
    }

    /// Waits until all are acknowledged.
    ///
    /// @throws CommandException if one was not
    void flush() {
        producer.flush();
        check();
    }

    private void check() {
        var failed = failure.get();
        if (failed != null) {
            throw CommandException.failed("topic " + topic + " does not take events: " + failed.getMessage(), failed);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
