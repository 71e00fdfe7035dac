package io.millrace.bench;

import io.millrace.model.ChampionFollower;
import io.millrace.role.GateRole;
import io.millrace.role.SplitRole;
import io.millrace.role.TrainRole;
import io.millrace.schema.CommandKind;
import io.millrace.spec.Spec;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// How long server, gate and trainer take to start again beside a lineage that has published 100, 1,000 and 3,000
/// versions, one of them pinned: in this JVM, warm, so that what depends on how much there is shows.
///
/// - **follower**: from its start until the pinned version serves;
/// - **gate**: from its start until it judges;
/// - **trainer**: from its start until its state is restored and it learns.
final class RestartVersions {
    private static final int[] VERSIONS = {100, 1_000, Integer.getInteger("bench.versions", 3_000)};
    private static final int RATE = 20_000;
    private static final String MAIN = "main";
    private static final Duration PUBLISH = Duration.ofMillis(10);

    private RestartVersions() {}

    static void run() throws Exception {
        var spec = Specs.publishingEvery(PUBLISH);
        var flights = FlightFile.find().events(spec, 1_000_000);
        try (var broker = BenchBroker.start()) {
            broker.topics(spec, MAIN);
            var settings = broker.settings(MAIN).withCommitEvery(PUBLISH);
            try (var split = new SplitRole(spec, settings);
                    var _ = new Feeder(broker, spec, flights, RATE);
                    var operator = new Operator(broker, spec)) {
                split.start();
                var pinned = 0L;
                for (var versions : VERSIONS) {
                    try (var train = new TrainRole(spec, settings);
                            var gate = new GateRole(spec, settings)) {
                        train.start();
                        gate.start();
                        await(() -> train.progress().snapshot().version() >= versions);
                        if (pinned == 0) {
                            pinned = versions / 2;
                            operator.command(CommandKind.PIN, MAIN, MAIN, pinned);
                        }
                    }
                    measure(broker, spec, versions, pinned);
                }
            }
        }
    }

    private static void measure(BenchBroker broker, Spec spec, int versions, long pinned) throws Exception {
        var settings = broker.settings(MAIN).withCommitEvery(PUBLISH);
        var follower = new Rounds(versions + " versions: follower", "ms");
        var gate = new Rounds(versions + " versions: gate", "ms");
        var trainer = new Rounds(versions + " versions: trainer", "ms");
        for (var round = 0; round < Rounds.ALL; round++) {
            var counts = round >= Rounds.WARM_UP;
            var start = System.nanoTime();
            try (var started = new ChampionFollower(broker.client(), spec, MAIN, _ -> {})) {
                await(() -> {
                    var model = started.current();
                    return model != null && model.manifest().getVersion() == pinned;
                });
                add(follower, counts, start);
            }
            start = System.nanoTime();
            try (var started = new GateRole(spec, settings)) {
                started.start();
                await(started::isActive);
                add(gate, counts, start);
            }
            start = System.nanoTime();
            try (var started = new TrainRole(spec, settings)) {
                started.start();
                await(() -> started.progress().snapshot().version() > versions);
                add(trainer, counts, start);
            }
        }
        System.out.printf(
                "%,d versions: on disk versions %,d KiB, kept %,d KiB, changelog %,d KiB, gate %,d KiB%n",
                versions,
                broker.bytes(spec.topic(MAIN, "versions")) >> 10,
                broker.bytes(spec.topic(MAIN, "kept")) >> 10,
                broker.bytes(spec.topic(MAIN, "train") + "-cells-changelog") >> 10,
                broker.bytes(spec.topic("gate")) >> 10);
        follower.print();
        gate.print();
        trainer.print();
    }

    private static void add(Rounds rounds, boolean counts, long start) {
        if (counts) {
            rounds.add((System.nanoTime() - start) / 1e6);
        }
    }

    private static void await(BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            LockSupport.parkNanos(500_000);
        }
    }
}
