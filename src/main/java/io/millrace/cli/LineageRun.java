package io.millrace.cli;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.role.RoleSettings;
import io.millrace.serve.ServeConfig;
import io.millrace.spec.Spec;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/// Roles of one lineage in this process: until a stop is wanted, one gives up, or the lineage is stopped and no role is
/// left to run.
final class LineageRun {
    private final Broker kafka;
    private final Spec spec;
    private final RoleSettings settings;
    private final Set<RoleName> names;
    private final PrintWriter err;

    /// @param names of the roles wanted; their topics are there, and that of the decisions
    LineageRun(Broker kafka, Spec spec, RoleSettings settings, Collection<RoleName> names, PrintWriter err) {
        this.kafka = kafka;
        this.spec = spec;
        this.settings = settings;
        this.names = EnumSet.copyOf(names);
        this.err = err;
    }

    /// @return the exit code
    /// @throws CommandException if a role gave up
    int run(ServeConfig serve, PrometheusMeterRegistry registry, Stop stop) {
        try (var watch = new LineageWatch(settings.client(), spec, settings.lineage(), names)) {
            watch.drop(names, this::say);
            if (names.isEmpty()) {
                return 0;
            }
            try (var roles = Roles.start(names, spec, settings, serve, registry)) {
                roles.failure().exceptionally(_ -> {
                    stop.want();
                    return null;
                });
                say("running " + names.stream().map(RoleName::toString).collect(Collectors.joining(", ")) + " of "
                        + spec.model() + ", lineage " + settings.lineage());
                if (roles.httpPort() != 0) {
                    say("listening on port " + roles.httpPort());
                }
                watch(stop, watch, roles);
                return end(roles);
            }
        }
    }

    private void watch(Stop stop, LineageWatch watch, Roles roles) {
        var status = new Status(spec, settings.lineage(), kafka, roles);
        var display = Display.of(err);
        while (!names.isEmpty() && !stop.await(100_000_000)) {
            if (display.isDue()) {
                display.show(status.parts());
            }
            watch.end(names, roles, line -> {
                display.clear();
                say(line);
            });
        }
        display.clear();
    }

    private void say(String line) {
        err.println(line);
        err.flush();
    }

    /// What a command comes to whose roles have ended.
    static int end(Roles roles) {
        if (roles.failure().isCompletedExceptionally()) {
            var failure = roles.failure().exceptionNow();
            throw CommandException.failed(Failures.message(failure), failure);
        }
        return 0;
    }
}
