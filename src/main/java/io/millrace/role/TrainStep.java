package io.millrace.role;

import io.millrace.event.Wire;
import io.millrace.feature.Examples;
import io.millrace.feature.NumberFeature;
import io.millrace.model.Publisher;
import io.millrace.schema.Block;
import io.millrace.schema.Control;
import io.millrace.schema.Manifest;
import io.millrace.schema.Metric;
import io.millrace.schema.TrainRecord;
import io.millrace.schema.VersionRecord;
import io.millrace.spec.Spec;
import io.millrace.split.Blocks;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// Carries blocks to the trainer; at every commit its changed cells to the changelog, and when `publish.every` has
/// passed the
/// next version and its metrics to their topics.
final class TrainStep implements Processor<byte[], byte[], byte[], byte[]>, CommitBuffer {
    private static final long NOWHERE = -1;

    private final Spec spec;
    private final String lineage;
    private final TrainLog log;
    private final Map<String, Object> client;
    private final String topic;
    private final CommitHook hook;
    private final Probe probe;
    private final TrainProgress progress;
    private final VersionRetention retention;
    private final Examples batch;
    private final int[] numberIndices;
    private final long publishEvery;

    private ProcessorContext<byte[], byte[]> context;
    private CellStore store;
    private Publisher publisher;
    private @Nullable Cancellable idle;
    private boolean processed;
    /// Whether this task has offsets to commit: since its start it has read something.
    private boolean consumed;
    private boolean waiting;
    /// Where the log stood when the metric of the next version was sent ahead; [#NOWHERE] while none was.
    private long announced;
    private boolean published;
    private long publishedAt;
    private long timestamp;

    @SuppressWarnings("NullAway.Init") // Streams calls init before anything else
    TrainStep(
            Spec spec,
            RoleSettings settings,
            TrainLog log,
            CommitHook hook,
            Probe probe,
            TrainProgress progress,
            VersionRetention retention) {
        this.spec = spec;
        this.log = log;
        lineage = settings.lineage();
        client = settings.client();
        this.hook = hook;
        this.probe = probe;
        this.progress = progress;
        this.retention = retention;
        topic = log.topic();
        numberIndices = spec.numbers().stream().mapToInt(NumberFeature::index).toArray();
        batch = new Examples(numberIndices.length);
        publishEvery = spec.publish().every().toNanos();
    }

    /// Learned state is the store's: it is not touched here, for Streams may call this again without restoring
    /// anything.
    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
        store = context.getStateStore(CellStore.NAME);
        store.checkDigest();
        publisher = new Publisher(spec, lineage, store.version, store.keyframes.keySet());
        retention.begin();
        processed = false;
        consumed = false;
        waiting = false;
        announced = NOWHERE;
        published = false;
        timestamp = context.currentSystemTimeMs();
        idle = null;
        hook.register(Set.of(new TopicPartition(topic, context.taskId().partition())), this);
        progress.update(store);
        probe.restored(store.trainer().examples());
        if (store.unpublished) {
            watchIdle();
        }
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        var offset = context.recordMetadata().orElseThrow().offset();
        if (offset < store.logOffset) {
            throw new RoleException(topic + " offset " + offset + " was learned already: the state stands at "
                    + store.logOffset + ". The offsets of group " + spec.topic(lineage, "train")
                    + " were lost or moved back; put them back, or start a new lineage with --lineage");
        }
        if (!consumed && offset > store.logOffset && BlockTopic.hasRecord(client, topic, store.logOffset, offset)) {
            throw new RoleException(
                    topic + " goes on at offset " + offset + ", but the state stands at " + store.logOffset
                            + " and there are records between. The changelog was lost, or the offsets of group "
                            + spec.topic(lineage, "train")
                            + " were moved; put them back, or start a new lineage with --lineage");
        }
        processed = true;
        consumed = true;
        timestamp = record.timestamp();
        var body = read(offset, record.value());
        if (body instanceof Block block) {
            learn(offset, block);
        } else if (body instanceof Control control) {
            log.check(control);
        } else {
            throw new RoleException(topic + " offset " + offset + ": a record of an unknown kind: " + body);
        }
        store.logOffset = offset + 1;
        probe.processed(context.taskId().partition(), store.trainer().examples());
    }

    private Object read(long offset, byte[] value) {
        try {
            return Wire.decode(TrainRecord.getDecoder(), value).getBody();
        } catch (IllegalArgumentException broken) {
            throw new RoleException(topic + " offset " + offset + " is broken: " + broken.getMessage(), broken);
        }
    }

    private void learn(long offset, Block block) {
        log.check(offset, block);
        var source = block.getTopic() + "-" + block.getPartition();
        var last = store.sources.get(source);
        if (last != null && block.getFirstOffset() <= last) {
            throw new RoleException(topic + " offset " + offset + ": block of " + source + " begins at "
                    + block.getFirstOffset() + ", but " + last + " was learned already. Two splits wrote to one log");
        }
        try {
            Blocks.decode(block, spec.learn().bits(), numberIndices, batch);
        } catch (IllegalArgumentException broken) {
            throw new RoleException(topic + " offset " + offset + " is broken: " + broken.getMessage(), broken);
        }
        store.trainer().learn(batch);
        store.sources.put(source, block.getLastOffset());
        if (!store.unpublished) {
            store.unpublished = true;
            watchIdle();
        }
    }

    /// A stream that goes idle commits nothing, so a clock lets its last version leave.
    private void watchIdle() {
        if (idle == null) {
            idle = context.schedule(spec.publish().every(), PunctuationType.WALL_CLOCK_TIME, now -> wake());
        }
    }

    /// Lets a version that is due leave with the next commit. A task that has read nothing since its start has no
    /// offsets to commit, and then Streams commits only a transaction that it has begun itself: the metric of that
    /// version, sent ahead, begins one.
    private void wake() {
        waiting = due();
        if (waiting && !consumed && announced == NOWHERE) {
            announced = store.logOffset;
            context.forward(new Record<>(null, metric(store.version + 1), context.currentSystemTimeMs()), "metrics");
        }
    }

    private boolean due() {
        return store.unpublished && (!published || System.nanoTime() - publishedAt >= publishEvery);
    }

    @Override
    public boolean processed() {
        return processed;
    }

    @Override
    public boolean waiting() {
        return waiting;
    }

    @Override
    public void leave(Producer<byte[], byte[]> producer) {
        if (due()) {
            publish(producer);
        }
        store.save(producer, context.taskId().partition(), timestamp);
        progress.update(store);
        processed = false;
        waiting = false;
    }

    private void publish(Producer<byte[], byte[]> producer) {
        retention.clean(store.keyframes);
        var records = publisher.cut(store.trainer(), store.logOffset, store.sources);
        published = true;
        publishedAt = System.nanoTime();
        store.unpublished = false;
        if (idle != null) {
            idle.cancel();
            idle = null;
        }
        var metricSent = announced == store.logOffset;
        announced = NOWHERE;
        if (records.isEmpty()) {
            progress.withheld();
            return;
        }
        store.version = publisher.lastVersion();
        @Nullable Future<RecordMetadata> first = null;
        for (var record : records) {
            var sent = producer.send(new ProducerRecord<>(
                    spec.topic(lineage, "versions"),
                    0,
                    context.currentSystemTimeMs(),
                    null,
                    Wire.encode(VersionRecord.getEncoder(), record)));
            first = first == null ? sent : first;
        }
        if (first != null && records.getLast().getBody() instanceof Manifest manifest && manifest.getParent() == null) {
            retention.keyframe(store.version, first);
        }
        retention.oldestNeeded(publisher.oldestNeeded());
        if (!metricSent) {
            CommitBuffer.send(
                    producer,
                    new ProducerRecord<>(
                            spec.topic(lineage, "metrics"),
                            0,
                            context.currentSystemTimeMs(),
                            null,
                            metric(store.version)));
        }
    }

    private byte[] metric(long version) {
        var metric = Metric.newBuilder()
                .setLineage(lineage)
                .setSplit("train")
                .setVersion(version)
                .setLogOffset(store.logOffset)
                .setExamples(store.trainer().examples())
                .setEventTime(store.trainer().eventTime())
                .setValues(store.trainer().metrics())
                .build();
        return Wire.encode(Metric.getEncoder(), metric);
    }

    @Override
    public void close() {
        hook.unregister(this);
    }
}
