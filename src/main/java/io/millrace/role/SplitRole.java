package io.millrace.role;

import io.millrace.spec.Spec;
import io.millrace.split.Split;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;

/// The split: events in, blocks and dead letters out. Scales with the partitions of the events topic.
///
/// ```
/// events ──▶ split ──┬──▶ train
///              │     ├──▶ validation
///              ▼     └──▶ test
///         dead-letters
/// ```
public final class SplitRole implements AutoCloseable {
    private final StreamsRole role;

    public SplitRole(Spec spec, RoleSettings settings) {
        this(spec, settings, Probe.NONE);
    }

    SplitRole(Spec spec, RoleSettings settings, Probe probe) {
        var application = spec.topic(settings.lineage(), "split");
        var events = spec.events().topic();
        LogOpening.open(spec, settings, Offsets.topicId(settings.client(), events));
        SourceCheck.check(spec, settings, application);
        var reset = Offsets.reset(settings.client(), application, events);
        // one poll's events are a bundle; few of them wait
        var overrides = Map.<String, Object>of(
                StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG),
                2_000,
                StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG,
                4);
        role = new StreamsRole(
                application,
                settings,
                reset,
                overrides,
                probe,
                BundlingConsumer::over,
                hook -> topology(spec, settings, hook, probe));
    }

    static Topology topology(Spec spec, RoleSettings settings, CommitHook hook, Probe probe) {
        var lineage = settings.lineage();
        var topology = new Topology()
                .addSource("events", spec.events().topic())
                .addProcessor("split", () -> new SplitStep(spec, lineage, hook, probe, settings.meters()), "events")
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
