package io.millrace.role;

import io.millrace.event.Wire;
import io.millrace.schema.Control;
import io.millrace.schema.TrainRecord;
import io.millrace.spec.Spec;
import io.millrace.split.Split;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Opens the block topics of a lineage, all in one transaction: their first record carries the whole spec and the id of
/// the events topic, and nothing of another spec or topic follows it.
///
/// Several instances may try at once: they share a transactional id, so the last one fences the others, and what those
/// had not committed by then was never written.
final class LogOpening {
    private static final int ATTEMPTS = 10;
    private static final Duration BACKOFF = Duration.ofMillis(500);

    private LogOpening() {}

    /// Writes the first record where there is none.
    ///
    /// @param sourceId of the events topic, see [Offsets#topicId]
    /// @throws RoleException if a topic begins otherwise, or only some of them are empty
    static void open(Spec spec, RoleSettings settings, String sourceId) {
        for (var attempt = 1; ; attempt++) {
            try {
                write(spec, settings, sourceId);
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

    /// Checks what is there.
    ///
    /// @return whether the log is still to be opened
    private static boolean empty(Spec spec, RoleSettings settings, String sourceId) {
        var empty = new ArrayList<String>();
        var begun = new ArrayList<String>();
        for (var split : Split.values()) {
            var topic = spec.topic(settings.lineage(), split.word());
            var first = BlockTopic.first(settings.client(), topic);
            if (first.isEmpty()) {
                empty.add(topic);
            } else {
                begun.add(topic);
                checkSource(topic, check(topic, first.get(), spec.hash(), settings.lineage()), spec, sourceId);
            }
        }
        if (!empty.isEmpty() && !begun.isEmpty()) {
            throw new RoleException(
                    String.join(", ", empty) + " has no record, but " + String.join(", ", begun)
                            + " has: expected all to begin together. The topic was made anew; start a new lineage with --lineage");
        }
        return begun.isEmpty();
    }

    private static void checkSource(String topic, Control opening, Spec spec, String sourceId) {
        var known = opening.getSourceId();
        if (!known.isEmpty() && !known.equals(sourceId)) {
            throw new RoleException(topic + " holds events of a topic "
                    + spec.events().topic() + " with id " + known
                    + ": found " + sourceId + ". The topic was made anew, and its offsets with it, so the log can't"
                    + " go on; start a new lineage with --lineage");
        }
    }

    private static void write(Spec spec, RoleSettings settings, String sourceId) {
        if (!empty(spec, settings, sourceId)) {
            return;
        }
        try (var producer = producer(spec, settings)) {
            producer.initTransactions();
            var group = spec.topic(settings.lineage(), "split");
            var begun = !Offsets.committed(settings.client(), group).isEmpty();
            // whoever was at it before is fenced now: what it committed is there, what it did not never will be
            if (!empty(spec, settings, sourceId)) {
                return;
            }
            if (begun) {
                throw new RoleException("group " + group + " has committed offsets, but "
                        + spec.topic(settings.lineage(), Split.TRAIN.word())
                        + " and the topics beside it have no record: the log was lost. Delete the group to split all"
                        + " events anew, or start a new lineage with --lineage");
            }
            producer.beginTransaction();
            for (var split : Split.values()) {
                var topic = spec.topic(settings.lineage(), split.word());
                CommitBuffer.send(
                        producer,
                        new ProducerRecord<>(topic, 0, null, null, opening(spec, settings.lineage(), sourceId)));
            }
            producer.commitTransaction();
        }
    }

    /// @throws RoleException if `record`, the first of `topic`, opens no log
    static Control control(String topic, TrainRecord record) {
        if (!(record.getBody() instanceof Control control)) {
            throw new RoleException(
                    topic + " begins with a block: expected a record with its spec. Its first records were deleted, or"
                            + " it was not written by a split of this version; start a new lineage with --lineage");
        }
        return control;
    }

    /// @throws RoleException if `record`, the first of `topic`, does not open this lineage with this spec
    static Control check(String topic, TrainRecord record, long specHash, String lineage) {
        var control = control(topic, record);
        if (!control.getLineage().equals(lineage) || control.getSpecHash() != specHash) {
            throw new RoleException(topic + " holds lineage " + control.getLineage() + " of spec "
                    + hex(control.getSpecHash()) + ": expected " + lineage + " of spec " + hex(specHash)
                    + ". The spec has changed; go back to the old one, or start a new lineage with --lineage");
        }
        return control;
    }

    static String hex(long hash) {
        return "%016x".formatted(hash);
    }

    private static byte[] opening(Spec spec, String lineage, String sourceId) {
        var software = Optional.ofNullable(LogOpening.class.getPackage().getImplementationVersion());
        var control = new Control(lineage, spec.hash(), spec.toJson(), software.orElse("unreleased"), sourceId);
        return Wire.encode(TrainRecord.getEncoder(), new TrainRecord(control));
    }

    private static KafkaProducer<byte[], byte[]> producer(Spec spec, RoleSettings settings) {
        var properties = new HashMap<>(settings.client());
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, spec.topic(settings.lineage(), "open"));
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
