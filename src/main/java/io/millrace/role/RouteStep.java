package io.millrace.role;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.event.BadEvent;
import io.millrace.event.Redaction;
import io.millrace.feature.Examples;
import io.millrace.spec.Spec;
import io.millrace.split.ExampleReading;
import java.util.Arrays;
import java.util.Set;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/// Sends every labelled event that can be used on to the partition of its id, see [ById]. The others end here: without
/// a label nothing is learned of them, and what is wrong with one is told by its place in the events topic.
final class RouteStep implements Processor<byte[], byte[], byte[], byte[]>, CommitBuffer {
    private final Spec spec;
    private final CommitHook hook;
    private final Probe probe;
    private final Counter events;
    private final Counter rejected;
    private final Examples example;
    private final Redaction redaction;
    private ProcessorContext<byte[], byte[]> context;
    private TopicPartition source;
    private ExampleReading reading;
    private boolean processed;

    @SuppressWarnings("NullAway.Init") // Streams calls init before anything else
    RouteStep(Spec spec, String lineage, CommitHook hook, Probe probe, MeterRegistry meters) {
        this.spec = spec;
        this.hook = hook;
        this.probe = probe;
        events = meters.counter("millrace.split.events", "model", spec.model(), "lineage", lineage);
        rejected = meters.counter("millrace.split.rejected", "model", spec.model(), "lineage", lineage);
        example = new Examples(spec.numbers().size());
        redaction = spec.events().redaction();
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        source = new TopicPartition(spec.events().topic(), context.taskId().partition());
        var fields = spec.fields();
        // an id is required here; whether it is new is found out in its partition
        reading = spec.examples(spec.reading(fields), fields, source.topic(), source.partition(), (_, _) -> true);
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
        var timestamp = Math.max(0, time);
        example.clear();
        try {
            if (length < 0) {
                throw new BadEvent("the record has no value: expected an event");
            }
            if (reading.read(bytes, from, length, offset, timestamp, _ -> example) != null) {
                var value = ById.value(source.partition(), offset, bytes, from, length);
                context.forward(new Record<>(ById.key(example.ids[0]), value, timestamp), "by-id");
            }
        } catch (BadEvent bad) {
            rejected.increment();
            var value = Arrays.copyOfRange(bytes, from, from + Math.max(0, length));
            var letter = DeadLetters.of(bad, source, offset, timestamp, value, redaction);
            context.forward(new Record<>(null, letter, timestamp), "route-dead-letters");
        }
        probe.processed(source.partition(), offset);
    }

    @Override
    public boolean processed() {
        return processed;
    }

    @Override
    public boolean waiting() {
        return false;
    }

    /// Nothing is held: what was read went on at once. That its offsets are committed is all the hook must see to.
    @Override
    public void leave(Producer<byte[], byte[]> producer) {
        processed = false;
    }

    @Override
    public void close() {
        hook.unregister(this);
    }
}
