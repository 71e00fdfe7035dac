package io.millrace.role;

import io.millrace.event.Wire;
import io.millrace.schema.Block;
import io.millrace.schema.Control;
import io.millrace.schema.TrainRecord;
import io.millrace.spec.Spec;
import io.millrace.split.Split;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Opens the block topics of a lineage: their first record carries the whole spec, and nothing of another spec follows
/// it.
///
/// Several instances may try at once: they share a transactional id, so the last one fences the others, and what those
/// had not
/// committed by then was never written.
final class LogOpening {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int ATTEMPTS = 10;
    private static final Duration BACKOFF = Duration.ofMillis(500);

    private LogOpening() {}

    /// Writes the first record where there is none.
    ///
    /// @throws RoleException if a topic begins otherwise
    static void open(Spec spec, RoleSettings settings) {
        for (var attempt = 1; ; attempt++) {
            try {
                write(empty(spec, settings), spec, settings);
                return;
            } catch (ProducerFencedException | InvalidProducerEpochException overtaken) {
                if (attempt == ATTEMPTS) {
                    throw new RoleException(
                            "the log could not be opened: " + ATTEMPTS
                                    + " times another split did so at the same moment",
                            overtaken);
                }
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(BACKOFF.toNanos()));
            }
        }
    }

    /// Checks what is there; a log that is not open yet is left to the split.
    ///
    /// @return the block topics without a record
    /// @throws RoleException if a topic begins otherwise
    static List<String> empty(Spec spec, RoleSettings settings) {
        var empty = new ArrayList<String>();
        for (var split : Split.values()) {
            var topic = spec.topic(settings.lineage(), split.word());
            var first = first(settings.client(), topic);
            if (first.isEmpty()) {
                empty.add(topic);
            } else {
                check(topic, first.get(), spec, settings.lineage());
            }
        }
        return empty;
    }

    /// Checks the train topic only: a trainer needs no right to read the others.
    ///
    /// @throws RoleException if it begins otherwise
    static void checkTrain(Spec spec, RoleSettings settings) {
        var topic = spec.topic(settings.lineage(), Split.TRAIN.word());
        first(settings.client(), topic).ifPresent(first -> check(topic, first, spec, settings.lineage()));
    }

    private static void write(List<String> topics, Spec spec, RoleSettings settings) {
        if (topics.isEmpty()) {
            return;
        }
        try (var producer = producer(spec, settings)) {
            producer.initTransactions();
            // whoever was at it before is fenced now: what it committed is there, what it did not never will be
            topics.retainAll(empty(spec, settings));
            producer.beginTransaction();
            for (var topic : topics) {
                CommitBuffer.send(
                        producer, new ProducerRecord<>(topic, 0, null, null, opening(spec, settings.lineage())));
            }
            producer.commitTransaction();
        }
    }

    /// @throws RoleException if `record`, the first of `topic`, does not open this lineage with this spec
    static void check(String topic, TrainRecord record, Spec spec, String lineage) {
        if (!(record.getBody() instanceof Control control)) {
            throw new RoleException(
                    topic + " begins with a block: expected a record with its spec. It was not written by a split"
                            + " of this version; start a new lineage with --lineage");
        }
        if (!control.getLineage().equals(lineage) || control.getSpecHash() != spec.hash()) {
            throw new RoleException(topic + " holds lineage " + control.getLineage() + " of spec "
                    + hex(control.getSpecHash()) + ": expected " + lineage + " of spec " + hex(spec.hash())
                    + ". The spec has changed; go back to the old one, or start a new lineage with --lineage");
        }
    }

    static String hex(long hash) {
        return "%016x".formatted(hash);
    }

    private static byte[] opening(Spec spec, String lineage) {
        var software = Optional.ofNullable(LogOpening.class.getPackage().getImplementationVersion());
        var control = new Control(lineage, spec.hash(), spec.toJson(), software.orElse("unreleased"));
        return Wire.encode(TrainRecord.getEncoder(), new TrainRecord(control));
    }

    private static KafkaProducer<byte[], byte[]> producer(Spec spec, RoleSettings settings) {
        var properties = new HashMap<>(settings.client());
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, spec.topic(settings.lineage(), "open"));
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /// The first committed record of a block topic.
    static Optional<TrainRecord> first(Map<String, Object> client, String topic) {
        return find(client, topic, 0, Long.MAX_VALUE, record -> true);
    }

    /// Whether a block topic holds a committed block.
    static boolean hasBlock(Map<String, Object> client, String topic) {
        return find(client, topic, 0, Long.MAX_VALUE, record -> record.getBody() instanceof Block)
                .isPresent();
    }

    /// Whether there is a committed record between two offsets, the second exclusive: not only marks of transactions.
    static boolean hasRecord(Map<String, Object> client, String topic, long from, long to) {
        return find(client, topic, from, to, record -> true).isPresent();
    }

    private static Optional<TrainRecord> find(
            Map<String, Object> client, String topic, long from, long to, Predicate<TrainRecord> wanted) {
        var properties = new HashMap<>(client);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2);
        var partition = new TopicPartition(topic, 0);
        try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            if (from == 0) {
                consumer.seekToBeginning(List.of(partition));
            } else {
                consumer.seek(partition, from);
            }
            long end = Math.min(
                    to,
                    Objects.requireNonNull(
                            consumer.endOffsets(List.of(partition)).get(partition), topic));
            var giveUp = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.position(partition) < end) {
                for (var record : consumer.poll(POLL)) {
                    if (record.offset() >= end) {
                        return Optional.empty();
                    }
                    var read = Wire.decode(TrainRecord.getDecoder(), record.value());
                    if (wanted.test(read)) {
                        return Optional.of(read);
                    }
                }
                if (System.nanoTime() > giveUp) {
                    throw new RoleException(
                            topic + " has " + end + " offsets and could not be read within " + PATIENCE);
                }
            }
            return Optional.empty();
        }
    }

    /// @throws RoleException if a block is of another lineage or spec than the log it stands in
    static void check(String topic, long offset, Block block, long specHash, String lineage) {
        if (!block.getLineage().equals(lineage) || block.getSpecHash() != specHash) {
            throw new RoleException(topic + " offset " + offset + ": block of lineage " + block.getLineage() + ", spec "
                    + hex(block.getSpecHash()) + ": expected " + lineage + ", spec " + hex(specHash));
        }
    }
}
