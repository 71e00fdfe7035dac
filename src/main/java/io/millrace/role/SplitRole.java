package io.millrace.role;

import io.millrace.spec.Spec;
import io.millrace.split.Split;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/// The split: events in, blocks and dead letters out. Scales with the partitions of the events topic.
///
/// ```
/// events ──▶ split ──┬──▶ train
///              │     ├──▶ validation
///              ▼     └──▶ test
///         dead-letters
/// ```
///
/// Where the spec drops duplicates, `split` keeps the ids it has seen (state, its changelog). Where it looks for them
/// across the topic, events go to a partition of their id first, see [ById]:
///
/// ```
/// events ──▶ route ──▶ by-id ──▶ split ──┬──▶ …
///              │                   │
///              ▼                   ▼
///         dead-letters        dead-letters
/// ```
public final class SplitRole implements AutoCloseable {
    private final SplitProgress progress;
    private final @Nullable ByIdRetention retention;
    private final StreamsRole role;

    public SplitRole(Spec spec, RoleSettings settings) {
        this(spec, settings, Probe.NONE);
    }

    SplitRole(Spec spec, RoleSettings settings, Probe probe) {
        var application = spec.topic(settings.lineage(), "split");
        ensureById(spec, settings);
        var topics = Topics.eventTopics(spec, settings.lineage());
        var eventsId = Offsets.topicId(settings.client(), topics.getFirst());
        var read = topics.getLast();
        DedupeCheck.heap(
                spec,
                read,
                Offsets.partitions(settings.client(), read),
                Runtime.getRuntime().maxMemory());
        LogOpening.open(spec, settings, eventsId);
        SourceCheck.check(spec, settings, application);
        DedupeCheck.changelog(spec, settings);
        var readId = Offsets.topicId(settings.client(), read);
        var reset = Offsets.reset(settings.client(), application, topics);
        retention = ByIdRetention.of(spec, settings);
        // one poll's events are a bundle; few of them wait
        var overrides = Map.<String, Object>of(
                StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG),
                2_000,
                StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG,
                4);
        progress = new SplitProgress(spec, settings.lineage(), settings.meters());
        role = new StreamsRole(
                application,
                settings,
                reset,
                overrides,
                probe,
                BundlingConsumer::over,
                hook -> topology(spec, settings, readId, hook, probe, progress, retention));
    }

    private static void ensureById(Spec spec, RoleSettings settings) {
        if (ById.isUsed(spec)) {
            try (var admin = Admin.create(settings.client())) {
                Topics.ensure(admin, spec, settings.lineage(), Set.of(ById.WORD));
            }
        }
    }

    /// @param topicId of the topic that `split` reads
    /// @param retention of the topic of events by id, where there is one
    static Topology topology(
            Spec spec,
            RoleSettings settings,
            String topicId,
            CommitHook hook,
            Probe probe,
            SplitProgress progress,
            @Nullable ByIdRetention retention) {
        var lineage = settings.lineage();
        var meters = settings.meters();
        var topology = new Topology().addSource("events", spec.events().topic());
        if (ById.isUsed(spec)) {
            topology.addProcessor("route", () -> new RouteStep(spec, lineage, hook, probe, meters), "events")
                    .addSink("route-dead-letters", spec.topic("dead-letters"), "route")
                    .addSink("by-id", ById.topic(spec, lineage), ById.PARTITIONER, "route")
                    .addSource("events-by-id", ById.topic(spec, lineage));
        }
        var stores = spec.split().dedupe().stream()
                .map(dedupe ->
                        new MemoryStoreBuilder<>(SeenStore.NAME, () -> new SeenStore(spec, dedupe, lineage, topicId)))
                .collect(Collectors.<StoreBuilder<?>>toUnmodifiableSet());
        topology.addProcessor(
                        "split",
                        new Step(() -> new SplitStep(spec, lineage, hook, probe, progress, retention, meters), stores),
                        ById.isUsed(spec) ? "events-by-id" : "events")
                .addSink("dead-letters", spec.topic("dead-letters"), "split");
        for (var split : Split.values()) {
            topology.addSink(
                    split.word(),
                    spec.topic(lineage, split.word()),
                    (topic, key, value, n) -> java.util.Optional.of(java.util.Set.of(0)),
                    "split");
        }
        return topology;
    }

    /// A step and the stores it keeps.
    private record Step(Supplier<SplitStep> steps, Set<StoreBuilder<?>> stores)
            implements ProcessorSupplier<byte[], byte[], byte[], byte[]> {
        @Override
        public Processor<byte[], byte[], byte[], byte[]> get() {
            return steps.get();
        }
    }

    /// What was dropped and is remembered, where the spec drops duplicates.
    public SplitProgress progress() {
        return progress;
    }

    public void start() {
        role.start();
    }

    public boolean running() {
        return role.running();
    }

    /// Completes exceptionally with a [RoleException] when the role has given up.
    public CompletableFuture<Void> failure() {
        return role.failure();
    }

    @Override
    public void close() {
        role.close();
        if (retention != null) {
            retention.close();
        }
    }
}
