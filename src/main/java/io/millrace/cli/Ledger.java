package io.millrace.cli;

import io.millrace.event.Wire;
import io.millrace.schema.LedgerEntry;
import io.millrace.schema.Metric;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Who has looked at the held-out splits of a lineage. To be opened before a look and written before its figures are
/// shown.
///
/// Whoever opens it fences those who opened it before: of several at once only the last can write, after having read
/// what all others wrote, so no use goes uncounted and no count is given twice.
final class Ledger implements AutoCloseable {
    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final List<LedgerEntry> entries;

    /// Opens the ledger and reads it.
    ///
    /// @param client properties of a Kafka client, at least `bootstrap.servers`
    /// @param topic exists; its name is the transactional id too
    Ledger(Map<String, Object> client, String topic) {
        this.topic = topic;
        var properties = new HashMap<>(client);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topic);
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
            entries = read(client);
        } catch (RuntimeException e) {
            producer.close();
            throw e;
        }
    }

    private List<LedgerEntry> read(Map<String, Object> client) {
        var read = new ArrayList<LedgerEntry>();
        try (var log = TopicReader.glance(client, topic)) {
            log.read(record -> read.add(entry(record.offset(), record.value())));
        }
        return read;
    }

    private LedgerEntry entry(long offset, byte[] value) {
        try {
            return Wire.decode(LedgerEntry.getDecoder(), value);
        } catch (IllegalArgumentException e) {
            throw CommandException.failed(topic + " offset " + offset + " is " + e.getMessage(), e);
        }
    }

    /// The uses of a split so far, the oldest first.
    ///
    /// @param split `test` or `validation`
    List<LedgerEntry> uses(String split) {
        return entries.stream().filter(entry -> entry.getSplit().equals(split)).toList();
    }

    /// Writes a use, and the figures of its versions for everyone, in one transaction. After it they may be shown.
    ///
    /// @param metricsTopic of the lineage
    /// @throws CommandException if the ledger was opened again since, or the broker does not take it: nothing is
    ///     written
    void write(LedgerEntry entry, String metricsTopic, List<Metric> metrics) {
        try {
            producer.beginTransaction();
            send(topic, Wire.encode(LedgerEntry.getEncoder(), entry));
            for (var metric : metrics) {
                send(metricsTopic, Wire.encode(Metric.getEncoder(), metric));
            }
            producer.commitTransaction();
        } catch (KafkaException e) {
            if (isFenced(e)) {
                throw CommandException.failed(
                        "the held-out splits of this lineage were asked for again meanwhile: this use was not recorded, "
                                + "so nothing of it is shown. Ask once more",
                        e);
            }
            producer.abortTransaction();
            throw CommandException.failed(
                    "the use could not be recorded in " + topic + ", so nothing of it is shown: " + e.getMessage(), e);
        }
    }

    private static boolean isFenced(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException) {
                return true;
            }
        }
        return false;
    }

    /// What could not be sent makes the commit fail.
    private void send(String to, byte[] value) {
        var _ = producer.send(new ProducerRecord<>(to, 0, null, null, value));
    }

    @Override
    public void close() {
        producer.close();
    }
}
