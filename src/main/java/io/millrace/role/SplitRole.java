package io.millrace.role;

import io.millrace.spec.Spec;
import io.millrace.split.Split;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/// The split: events in, blocks and dead letters out. Scales with the partitions of the events topic.
///
/// ```
/// events ──▶ split ──┬──▶ train
///              │     ├──▶ validation
///              ▼     └──▶ test
///         dead-letters
/// ```
///
/// Where the spec drops duplicates, `split` keeps the ids it has seen (state, its changelog).
public final class SplitRole implements AutoCloseable {
    private final SplitProgress progress;
    private final StreamsRole role;

    public SplitRole(Spec spec, RoleSettings settings) {
        this(spec, settings, Probe.NONE);
    }

    SplitRole(Spec spec, RoleSettings settings, Probe probe) {
        var application = spec.topic(settings.lineage(), "split");
        var events = spec.events().topic();
        var topicId = Offsets.topicId(settings.client(), events);
        DedupeCheck.heap(
                spec,
                Offsets.partitions(settings.client(), events),
                Runtime.getRuntime().maxMemory());
        LogOpening.open(spec, settings, topicId);
        SourceCheck.check(spec, settings, application);
        DedupeCheck.changelog(spec, settings);
        var reset = Offsets.reset(settings.client(), application, events);
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
                hook -> topology(spec, settings, topicId, hook, probe, progress));
    }

    /// @param topicId of the events topic
    static Topology topology(
            Spec spec, RoleSettings settings, String topicId, CommitHook hook, Probe probe, SplitProgress progress) {
        var lineage = settings.lineage();
        var stores = spec.split().dedupe().stream()
                .map(dedupe ->
                        new MemoryStoreBuilder<>(SeenStore.NAME, () -> new SeenStore(spec, dedupe, lineage, topicId)))
                .collect(Collectors.<StoreBuilder<?>>toUnmodifiableSet());
        var topology = new Topology()
                .addSource("events", spec.events().topic())
                .addProcessor(
                        "split",
                        new Step(() -> new SplitStep(spec, lineage, hook, probe, progress, settings.meters()), stores),
                        "events")
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
    }
}
