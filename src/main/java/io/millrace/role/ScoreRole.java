package io.millrace.role;

import io.millrace.model.Follower;
import io.millrace.model.Model;
import io.millrace.spec.Spec;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.streams.Topology;

/// The scorer: every valid event, labelled or not, gets one prediction by the newest version. It begins when there is a
/// version.
///
/// ```
/// events ──▶ score ──▶ predictions
///              ▲
/// versions ────┘ (a follower, in memory)
/// ```
public final class ScoreRole implements AutoCloseable {
    private final Follower follower;
    private final StreamsRole role;
    private final CompletableFuture<Void> firstVersion = new CompletableFuture<>();

    public ScoreRole(Spec spec, RoleSettings settings) {
        this(spec, settings, Probe.NONE);
    }

    ScoreRole(Spec spec, RoleSettings settings, Probe probe) {
        var application = spec.topic(settings.lineage(), "score");
        follower = new Follower(
                settings.client(), spec.topic(settings.lineage(), "versions"), model -> firstVersion.complete(null));
        var reset = Offsets.reset(settings.client(), application, spec.events().topic());
        role = new StreamsRole(
                application,
                settings,
                reset,
                Map.of(),
                probe,
                UnaryOperator.identity(),
                hook -> topology(
                        spec,
                        settings,
                        () -> Objects.requireNonNull(follower.current(), "the role starts with its first version"),
                        probe));
    }

    static Topology topology(Spec spec, RoleSettings settings, Supplier<Model> models, Probe probe) {
        return new Topology()
                .addSource("events", spec.events().topic())
                .addProcessor("score", () -> new ScoreStep(spec, models, probe, settings.meters()), "events")
                .addSink("predictions", spec.topic("predictions"), "score");
    }

    /// Returns at once; scoring begins when the first version is there.
    public void start() {
        var _ = firstVersion.thenRun(role::start);
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
        firstVersion.cancel(false);
        role.close();
        follower.close();
    }
}
