package io.millrace.role;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.event.BadEvent;
import io.millrace.event.Redaction;
import io.millrace.event.Wire;
import io.millrace.schema.Block;
import io.millrace.schema.TrainRecord;
import io.millrace.spec.Spec;
import io.millrace.split.FieldsSeen;
import io.millrace.split.Split;
import io.millrace.split.Splitter;
import java.util.Arrays;
import java.util.Set;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries events to the [Splitter] of their partition, full blocks on to their topics, and part-filled ones at every
/// commit; with them, where duplicates are dropped, the ids that must be remembered.
final class SplitStep implements Processor<byte[], byte[], byte[], byte[]>, CommitBuffer {
    private static final Logger log = LoggerFactory.getLogger(SplitStep.class);

    /// Events after which a field that none had is told.
    private static final int ENOUGH = 100;

    private final Spec spec;
    private final String lineage;
    private final CommitHook hook;
    private final Probe probe;
    private final Counter events;
    private final Counter rejected;
    private final SplitProgress progress;
    private final @Nullable ByIdRetention retention;
    private final boolean isById;
    private final Redaction redaction;
    private ProcessorContext<byte[], byte[]> context;
    private TopicPartition source;
    private Splitter splitter;
    private @Nullable SeenStore store;
    private @Nullable Producer<byte[], byte[]> leaving;
    private boolean processed;
    private boolean told;
    private long timestamp;
    private long leftOffset;
    private long leftBytes;
    private long bytes;

    /// @param retention of the topic of events by id, where it is read in place of the events topic
    @SuppressWarnings("NullAway.Init") // Streams calls init before anything else
    SplitStep(
            Spec spec,
            String lineage,
            CommitHook hook,
            Probe probe,
            SplitProgress progress,
            @Nullable ByIdRetention retention,
            MeterRegistry meters) {
        this.spec = spec;
        this.lineage = lineage;
        this.hook = hook;
        this.probe = probe;
        this.progress = progress;
        this.retention = retention;
        isById = ById.isUsed(spec);
        redaction = spec.events().redaction();
        events = meters.counter("millrace.split.events", "model", spec.model(), "lineage", lineage);
        rejected = meters.counter("millrace.split.rejected", "model", spec.model(), "lineage", lineage);
    }

    /// What was seen is the store's: it is not touched here, for Streams may call this again without restoring
    /// anything.
    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        source = new TopicPartition(
                isById ? ById.topic(spec, lineage) : spec.events().topic(),
                context.taskId().partition());
        leftOffset = 0;
        leftBytes = 0;
        bytes = 0;
        store = spec.split().dedupe().isPresent() ? context.getStateStore(SeenStore.NAME) : null;
        if (store != null) {
            store.check();
            progress.update(source.partition(), store.seen());
        }
        var known = store == null ? null : store.seen();
        splitter = spec.splitter(lineage, source.topic(), source.partition(), known, this::block);
        processed = false;
        hook.register(Set.of(source), this);
    }

    /// @param record a [Bundle] of events
    @Override
    public void process(Record<byte[], byte[]> record) {
        processed = true;
        if (isById) {
            bytes += record.value().length;
            Bundle.read(record.value(), this::eventById); // counted where it came
        } else {
            events.increment(Bundle.read(record.value(), this::event));
        }
    }

    private void event(long offset, long time, byte[] bytes, int from, int length) {
        split(source, offset, offset, time, bytes, from, length);
        probe.processed(source.partition(), offset);
    }

    private void eventById(long offset, long time, byte[] bytes, int from, int length) {
        if (length < ById.ORIGIN) {
            throw new RoleException(source + " offset " + offset + " has " + Math.max(0, length)
                    + " bytes: expected an event and where it came from. Only split may write to this topic");
        }
        var origin = ById.Origin.of(spec.events().topic(), bytes, from);
        split(origin.partition(), origin.offset(), offset, time, bytes, from + ById.ORIGIN, length - ById.ORIGIN);
        probe.processedById();
    }

    /// @param place where the event came, and its offset there: what a dead letter tells
    /// @param offset in the topic that is read
    private void split(
            TopicPartition place, long placeOffset, long offset, long time, byte[] bytes, int from, int length) {
        timestamp = Math.max(0, time);
        if (store != null) {
            requireNew(store, offset);
            store.nextOffset = offset + 1;
        }
        try {
            if (length < 0) {
                throw new BadEvent("the record has no value: expected an event");
            }
            splitter.accept(bytes, from, length, offset, timestamp);
        } catch (BadEvent bad) {
            rejected.increment();
            var value = Arrays.copyOfRange(bytes, from, from + Math.max(0, length));
            var letter = DeadLetters.of(bad, place, placeOffset, timestamp, value, redaction);
            context.forward(new Record<>(null, letter, timestamp), "dead-letters");
        }
    }

    /// An event that is read twice would be taken for a duplicate of itself.
    private void requireNew(SeenStore store, long offset) {
        if (offset < store.nextOffset) {
            throw new RoleException(source + " offset " + offset + " was split already: what was seen stands at "
                    + store.nextOffset + ". The offsets of group " + spec.topic(lineage, "split")
                    + " were lost or moved back; put them back, or start a new lineage with --lineage");
        }
    }

    /// A block that is full goes on at once; one that a commit cuts leaves through the producer of that commit.
    private void block(Split split, Block block) {
        var value = Wire.encode(TrainRecord.getEncoder(), new TrainRecord(block));
        if (leaving == null) {
            context.forward(new Record<>(null, value, timestamp), split.word());
        } else {
            CommitBuffer.send(
                    leaving, new ProducerRecord<>(spec.topic(lineage, split.word()), 0, timestamp, null, value));
        }
    }

    @Override
    public boolean processed() {
        return processed;
    }

    @Override
    public boolean waiting() {
        return false;
    }

    @Override
    public void leave(Producer<byte[], byte[]> producer) {
        leaving = producer;
        try {
            splitter.flush();
            tell(splitter.seen());
            if (store != null) {
                store.save(producer, source.partition(), timestamp);
                progress.update(source.partition(), store.seen());
                release(store.nextOffset);
            }
            processed = false;
        } finally {
            leaving = null;
        }
    }

    private void tell(FieldsSeen seen) {
        if (told || seen.events() < ENOUGH) {
            return;
        }
        told = true;
        if (!seen.never().isEmpty()) {
            log.atWarn()
                    .addKeyValue("partition", source)
                    .addKeyValue("events", seen.events())
                    .addKeyValue("fields", String.join(", ", seen.never()))
                    .log("no event has had these fields, which features read: are they misspelt?");
        }
    }

    /// What left before this has been committed: a step whose commit failed is initialised anew.
    private void release(long nextOffset) {
        if (retention != null) {
            retention.committed(source, leftOffset, leftBytes);
            leftOffset = nextOffset;
            leftBytes = bytes;
            bytes = 0;
        }
    }

    @Override
    public void close() {
        hook.unregister(this);
        progress.gone(source.partition());
    }
}
