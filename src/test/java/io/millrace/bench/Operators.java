package io.millrace.bench;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.model.ChampionFollower;
import io.millrace.role.GateRole;
import io.millrace.role.Topics;
import io.millrace.role.TrainRole;
import io.millrace.schema.CommandKind;
import io.millrace.schema.DecisionKind;
import io.millrace.serve.ModelServer;
import io.millrace.serve.ServeConfig;
import io.millrace.spec.Spec;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/// How long an operator waits: from handing a command to a producer until the gate's decision is committed, and until
/// the first HTTP answer from a version that shows it, while events come at a steady rate and a client asks without
/// pause. All roles run in this JVM, the broker in one of its own.
///
/// A round pins an older version, resumes, rolls back to the anchor, resumes, promotes a lineage that learns the same
/// blocks, and promotes `main` again; between two commands passes a random while, so that they meet every role at any
/// moment.
final class Operators {
    private static final int RATE = Integer.getInteger("bench.rate", 5_000);
    private static final int WARM_UP = 3;
    private static final int COUNT = Integer.getInteger("bench.commands", 20);
    /// How much older than the newest the version is that gets pinned.
    private static final long OLDER = 5;

    private static final String MAIN = "main";
    private static final String OTHER = "other";
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Operator operator;
    private final Asker asker;
    private final Random random = new Random(1);
    private final Map<CommandKind, Delays> toDecision = new EnumMap<>(CommandKind.class);
    private final Map<CommandKind, Delays> toAnswer = new EnumMap<>(CommandKind.class);
    private boolean counts;

    private Operators(Operator operator, Asker asker) {
        this.operator = operator;
        this.asker = asker;
    }

    static void run() throws Exception {
        var spec = Specs.flights();
        var flights = FlightFile.find().events(spec, 1_000_000);
        try (var broker = BenchBroker.start()) {
            broker.topics(spec, MAIN);
            try (var admin = Admin.create(broker.client())) {
                Topics.ensure(admin, spec, OTHER, Set.of("versions", "kept", "metrics"));
            }
            try (var _ = new Lineage(spec, broker.settings(MAIN));
                    var other = new TrainRole(spec, broker.settings(OTHER).withBlocks(MAIN));
                    var gate = new GateRole(spec, broker.settings(MAIN));
                    var follower = new ChampionFollower(broker.client(), spec, MAIN, _ -> {});
                    var server = new ModelServer(
                            ServeConfig.defaults().withPort(0),
                            follower::current,
                            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
                    var _ = new Feeder(broker, spec, flights, RATE)) {
                other.start();
                gate.start();
                measure(broker, spec, follower, server.port());
            }
        }
    }

    private static void measure(BenchBroker broker, Spec spec, ChampionFollower follower, int port) throws Exception {
        try (var operator = new Operator(broker, spec)) {
            operator.await(DecisionKind.ANCHOR);
            while (follower.current() == null) {
                LockSupport.parkNanos(PAUSE.toNanos());
            }
            try (var asker = new Asker(port)) {
                var operators = new Operators(operator, asker);
                for (var round = 0; round < WARM_UP + COUNT; round++) {
                    operators.round(round >= WARM_UP);
                }
                operators.print(spec);
            }
        }
    }

    private void round(boolean counts) {
        this.counts = counts;
        var pinned = number(asker.version()) - OLDER;
        command(CommandKind.PIN, MAIN, pinned, version -> number(version) == pinned);
        command(CommandKind.RESUME, MAIN, null, version -> number(version) > pinned);
        var newest = number(asker.version());
        command(CommandKind.ROLLBACK, MAIN, null, version -> number(version) < newest);
        command(CommandKind.RESUME, MAIN, null, version -> number(version) > newest);
        command(CommandKind.PROMOTE, OTHER, null, version -> version.startsWith(OTHER + "/"));
        command(CommandKind.PROMOTE, MAIN, null, version -> version.startsWith(MAIN + "/"));
    }

    /// @param shows whether a version that answers shows that the command was obeyed; none did before
    private void command(CommandKind kind, String lineage, @Nullable Long version, Predicate<String> shows) {
        LockSupport.parkNanos(PAUSE.toNanos() + random.nextLong(PAUSE.toNanos()));
        var obeyed = operator.command(kind, lineage, MAIN, version);
        var answered = asker.await(obeyed.sent(), kind + " of " + lineage, shows);
        if (counts) {
            delays(toDecision, kind, "to the decision").add(obeyed.sent(), obeyed.decided());
            delays(toAnswer, kind, "to an answer").add(obeyed.sent(), answered);
        }
    }

    private static Delays delays(Map<CommandKind, Delays> all, CommandKind kind, String to) {
        return all.computeIfAbsent(kind, _ -> new Delays(kind + " " + to, "commands"));
    }

    private static long number(String version) {
        return Long.parseLong(version.substring(version.indexOf('/') + 1));
    }

    private void print(Spec spec) {
        System.out.printf(
                "%,d events/s, a version every %,d ms; %,d requests, %,d failed%n",
                RATE, spec.publish().every().toMillis(), asker.answers(), asker.failed());
        for (var kind : toDecision.keySet()) {
            toDecision.get(kind).print();
            toAnswer.get(kind).print();
        }
        if (asker.failed() > 0) {
            throw new IllegalStateException(asker.failed() + " requests failed: expected none");
        }
    }
}
