package io.millrace.role;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.event.BadEvent;
import io.millrace.event.Wire;
import io.millrace.schema.Block;
import io.millrace.schema.TrainRecord;
import io.millrace.spec.Spec;
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

/// Carries events to the [Splitter] of their partition, full blocks on to their topics, and part-filled ones at every
/// commit.
final class SplitStep implements Processor<byte[], byte[], byte[], byte[]>, CommitBuffer {
    private final Spec spec;
    private final String lineage;
    private final CommitHook hook;
    private final Probe probe;
    private final Counter events;
    private final Counter rejected;
    private ProcessorContext<byte[], byte[]> context;
    private TopicPartition source;
    private Splitter splitter;
    private @Nullable Producer<byte[], byte[]> leaving;
    private boolean processed;
    private long timestamp;

    @SuppressWarnings("NullAway.Init") // Streams calls init before anything else
    SplitStep(Spec spec, String lineage, CommitHook hook, Probe probe, MeterRegistry meters) {
        this.spec = spec;
        this.lineage = lineage;
        this.hook = hook;
        this.probe = probe;
        events = meters.counter("millrace.split.events", "model", spec.model(), "lineage", lineage);
        rejected = meters.counter("millrace.split.rejected", "model", spec.model(), "lineage", lineage);
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        source = new TopicPartition(spec.events().topic(), context.taskId().partition());
        splitter = spec.splitter(lineage, source.topic(), source.partition(), this::block);
        processed = false;
        hook.register(Set.of(source), this);
    }

    /// @param record a [Bundle] of events
    @Override
    public void process(Record<byte[], byte[]> record) {
        processed = true;
        events.increment(Bundle.read(record.value(), this::event));
    }

    private void event(long offset, long time, byte[] bytes, int from, int length) {
        timestamp = Math.max(0, time);
        try {
            if (length < 0) {
                throw new BadEvent("the record has no value: expected an event");
            }
            splitter.accept(bytes, from, length, offset, timestamp);
        } catch (BadEvent bad) {
            rejected.increment();
            var value = Arrays.copyOfRange(bytes, from, from + Math.max(0, length));
            var letter = DeadLetters.of(bad, source, offset, timestamp, value);
            context.forward(new Record<>(null, letter, timestamp), "dead-letters");
        }
        probe.processed(source.partition(), offset);
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
            processed = false;
        } finally {
            leaving = null;
        }
    }

    @Override
    public void close() {
        hook.unregister(this);
    }
}
