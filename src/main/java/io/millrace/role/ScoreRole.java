package io.millrace.role;

import io.millrace.model.ChampionFollower;
import io.millrace.model.Model;
import io.millrace.spec.Spec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.streams.Topology;

/// The scorer: every valid event, labelled or not, gets one prediction by what serves. It begins when there is a
/// version.
///
/// ```
/// events ──▶ score ──▶ predictions
///              ▲
/// champion, ───┘ (a follower, in memory)
/// versions
/// ```
public final class ScoreRole implements AutoCloseable {
    private final ChampionFollower follower;
    private final StreamsRole role;
    private final CompletableFuture<Void> firstVersion = new CompletableFuture<>();
    private final CompletableFuture<Void> failure = new CompletableFuture<>();

    public ScoreRole(Spec spec, RoleSettings settings) {
        this(spec, settings, Probe.NONE);
    }

    ScoreRole(Spec spec, RoleSettings settings, Probe probe) {
        follower =
                new ChampionFollower(settings.client(), spec, settings.lineage(), model -> firstVersion.complete(null));
        try {
            role = role(spec, settings, probe);
        } catch (RuntimeException e) {
            follower.close();
            throw e;
        }
        pass(follower.failure());
        pass(role.failure());
    }

    private StreamsRole role(Spec spec, RoleSettings settings, Probe probe) {
        var application = spec.topic(settings.lineage(), "score");
        var reset = Offsets.reset(
                settings.client(), application, List.of(spec.events().topic()));
        return new StreamsRole(
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

    private void pass(CompletableFuture<Void> part) {
        var _ = part.whenComplete((_, failed) -> {
            if (failed != null) {
                failure.completeExceptionally(failed);
            }
        });
    }

    static Topology topology(Spec spec, RoleSettings settings, Supplier<Model> models, Probe probe) {
        return new Topology()
                .addSource("events", spec.events().topic())
                .addProcessor("score", () -> new ScoreStep(spec, models, probe, settings.meters()), "events")
                .addSink("predictions", spec.topic("predictions"), "score");
    }

    /// Returns at once; scoring begins when the first version is there.
    public void start() {
        var _ = firstVersion.thenRun(this::begin);
    }

    /// On the follower's thread, where nobody would see an exception.
    private void begin() {
        try {
            role.start();
        } catch (RuntimeException e) {
            failure.completeExceptionally(e);
        }
    }

    public boolean running() {
        return role.running();
    }

    /// Completes exceptionally when the role has given up, can't start, or versions are not followed any more.
    public CompletableFuture<Void> failure() {
        return failure;
    }

    @Override
    public void close() {
        firstVersion.cancel(false);
        role.close();
        follower.close();
    }
}
