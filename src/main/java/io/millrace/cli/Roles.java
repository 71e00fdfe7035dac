package io.millrace.cli;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.model.ChampionFollower;
import io.millrace.model.Model;
import io.millrace.role.GateRole;
import io.millrace.role.RoleSettings;
import io.millrace.role.ScoreRole;
import io.millrace.role.SplitProgress;
import io.millrace.role.SplitRole;
import io.millrace.role.TrainProgress;
import io.millrace.role.TrainRole;
import io.millrace.schema.Champion;
import io.millrace.serve.FollowerMetrics;
import io.millrace.serve.ModelServer;
import io.millrace.serve.ServeConfig;
import io.millrace.spec.Spec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The roles of this process, from their start to their end.
final class Roles implements AutoCloseable {
    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private final Map<RoleName, AutoCloseable> byName = new EnumMap<>(RoleName.class);
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private @Nullable ChampionFollower follower;
    private @Nullable ModelServer server;
    private @Nullable TrainProgress progress;
    private @Nullable SplitProgress split;

    private final PrometheusMeterRegistry registry;

    private Roles(PrometheusMeterRegistry registry) {
        this.registry = registry;
    }

    /// Starts roles: the server first, so that a port in use is told before anything runs.
    static Roles start(
            Set<RoleName> names,
            Spec spec,
            RoleSettings settings,
            ServeConfig serve,
            PrometheusMeterRegistry registry) {
        var roles = new Roles(registry);
        try {
            roles.startAll(names, spec, settings, serve);
            return roles;
        } catch (RuntimeException e) {
            roles.close();
            throw e;
        }
    }

    private void startAll(Set<RoleName> names, Spec spec, RoleSettings settings, ServeConfig serve) {
        if (names.contains(RoleName.SERVE)) {
            var versions = keep(new ChampionFollower(settings.client(), spec, settings.lineage(), _ -> {}));
            watch(versions.failure());
            new FollowerMetrics(versions).bindTo(registry);
            follower = versions;
            server = keep(new ModelServer(serve, versions::current, registry));
        }
        if (names.contains(RoleName.SPLIT)) {
            var split = keep(new SplitRole(spec, settings));
            watch(split.failure());
            byName.put(RoleName.SPLIT, split);
            this.split = split.progress();
            split.start();
        }
        if (names.contains(RoleName.TRAIN)) {
            // only the split has use for more threads
            var train = keep(new TrainRole(spec, settings.withThreads(1)));
            watch(train.failure());
            byName.put(RoleName.TRAIN, train);
            progress = train.progress();
            train.start();
        }
        if (names.contains(RoleName.GATE)) {
            var gate = keep(new GateRole(spec, settings));
            watch(gate.failure());
            gate.start();
        }
        if (names.contains(RoleName.SCORE)) {
            var score = keep(new ScoreRole(spec, settings));
            watch(score.failure());
            score.start();
        }
    }

    private <T extends AutoCloseable> T keep(T role) {
        running.push(role);
        return role;
    }

    private void watch(CompletableFuture<Void> role) {
        var _ = role.whenComplete((_, failed) -> {
            if (failed != null) {
                failure.completeExceptionally(failed);
            }
        });
    }

    /// Ends one role, split or train; the others go on.
    void end(RoleName name) {
        var role = byName.remove(name);
        if (role == null || !running.remove(role)) {
            throw new IllegalStateException("no role " + name + " runs here");
        }
        try {
            role.close();
        } catch (Exception e) {
            throw new IllegalStateException("role " + name + " did not end cleanly", e);
        }
        if (name == RoleName.TRAIN) {
            progress = null;
        } else if (name == RoleName.SPLIT) {
            split = null;
        }
    }

    /// Completes exceptionally when the first role has given up.
    CompletableFuture<Void> failure() {
        return failure;
    }

    /// The version served, or null before the first, or where no server runs here.
    @Nullable
    Model served() {
        return follower == null ? null : follower.current();
    }

    /// What the gate says should serve; null where no server runs here.
    @Nullable
    Champion champion() {
        return follower == null ? null : follower.champion();
    }

    /// Where the trainer stands, or null where none runs here.
    TrainProgress.@Nullable Snapshot trained() {
        return progress == null ? null : progress.snapshot();
    }

    /// Whether the split runs here.
    boolean splits() {
        return split != null;
    }

    /// Events that the split of this process has sent to the dead letters.
    long rejected() {
        var counter = registry.find("millrace.split.rejected").counter();
        return counter == null ? 0 : (long) counter.count();
    }

    /// Duplicates that the split has dropped in the partitions of this process, since the first.
    long duplicates() {
        return split == null ? 0 : split.duplicates();
    }

    /// Port of the server; 0 where none runs here.
    int httpPort() {
        return server == null ? 0 : server.port();
    }

    /// Ends the roles, the last one first.
    @Override
    public void close() {
        RuntimeException failed = null;
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception e) {
                failed = failed == null ? new IllegalStateException("a role did not end cleanly", e) : failed;
            }
        }
        if (failed != null) {
            throw failed;
        }
    }
}
