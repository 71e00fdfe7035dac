package io.millrace.cli;

import io.millrace.schema.ChampionMode;
import io.millrace.spec.Spec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;

/// The demo once everything runs: flights go in, the model is asked for as soon as it has caught up, and the last day
/// goes by.
final class Demo {
    private static final long TICK = 100_000_000;
    private static final long EVENING = 18 * 3_600_000L;

    private final Spec spec;
    private final Map<String, Object> client;
    private final Broker kafka;
    private final Roles roles;
    private final Set<RoleName> running;
    private final LineageWatch watch;
    private final Stop stop;
    private final Display display;
    private final Status status;

    /// @param running names of the roles that run; becomes those that are left
    Demo(
            Spec spec,
            Map<String, Object> client,
            Broker kafka,
            Roles roles,
            Set<RoleName> running,
            LineageWatch watch,
            Stop stop,
            CommandLine command) {
        this.spec = spec;
        this.client = client;
        this.kafka = kafka;
        this.roles = roles;
        this.running = running;
        this.watch = watch;
        this.stop = stop;
        display = Display.of(command.getErr());
        status = new Status(spec, "main", kafka, roles);
    }

    /// Runs until it is stopped, or has caught up.
    void run(Path data, double speed, boolean untilCaughtUp) throws IOException {
        var file = Flights.file(data);
        var lastDay = Flights.lastDay(spec, file);
        try (var production = new Production(spec, client, file, Map.of())) {
            var before = kafka.ends(spec.events().topic()).values().iterator().next();
            production.skip(before);
            if (before > 0) {
                display.print(List.of("events      " + Figures.count(before) + " flights are in the topic already"));
            }
            if (!production.send(Pace.FASTEST, lastDay, Long.MAX_VALUE, stop, this::tick) || !awaitCaughtUp()) {
                return;
            }
            display.print(caughtUp(lastDay));
            if (!untilCaughtUp) {
                stream(production, speed);
            }
        }
        display.clear();
    }

    private void stream(Production production, double speed) throws IOException {
        var from = production.peek();
        if (from != null) {
            display.print(List.of(
                    "",
                    "Now the last day goes by, " + Figures.plain(speed) + " times as fast as it did. Ctrl-C stops."));
            if (!production.send(Pace.ownTime(speed, from), Long.MAX_VALUE, Long.MAX_VALUE, stop, this::tick)) {
                return;
            }
        }
        display.print(List.of("All flights are in. The server goes on answering. Ctrl-C stops."));
        while (!stop.await(TICK)) {
            tick();
        }
    }

    private void tick() {
        watch.end(running, roles, line -> display.print(List.of(line)));
        if (display.isDue()) {
            display.show(status.parts());
        }
    }

    /// Waits until the newest version knows all that was sent.
    ///
    /// @return false if a stop is wanted
    private boolean awaitCaughtUp() {
        try (var log = new TrainLogEnd(client, spec.topic("main", "train"))) {
            while (!isCaughtUp(log)) {
                if (stop.await(TICK)) {
                    return false;
                }
                tick();
            }
        }
        return true;
    }

    private boolean isCaughtUp(TrainLogEnd log) {
        if (!running.contains(RoleName.TRAIN)) {
            return status.eventLag() == 0; // another lineage learns
        }
        var trained = roles.trained();
        var served = roles.served();
        return trained != null
                && served != null
                && (!isFollowed() || served.manifest().getExamples() == trained.examples())
                && status.eventLag() == 0
                && !log.isBehind(trained.logOffset());
    }

    /// Whether the newest version of the trainer that runs here is what should serve: not while the gate has tripped, a
    /// version is pinned or another lineage serves, which may last beyond the last flight.
    private boolean isFollowed() {
        var champion = roles.champion();
        return champion != null
                && champion.getMode() == ChampionMode.FOLLOW
                && champion.getLineage().equals("main");
    }

    private List<String> caughtUp(long lastDay) {
        var evening = (lastDay + EVENING) / 60_000;
        var lines = new ArrayList<>(status.parts());
        lines.addFirst("Caught up.");
        lines.add("");
        lines.add("Will a flight from Las Vegas to Philadelphia be more than 15 minutes late? Ask:");
        lines.add("  curl -s localhost:" + roles.httpPort() + "/invocations -H 'Content-Type: application/json' \\");
        lines.add("    -d '{\"instances\": [{\"date\": " + evening
                + ", \"origin\": \"LAS\", \"destination\": \"PHL\", \"distance\": 2176}]}'");
        return lines;
    }
}
