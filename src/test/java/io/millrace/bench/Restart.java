package io.millrace.bench;

import io.millrace.role.RoleProcess;
import io.millrace.role.SplitRole;
import io.millrace.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.ProducerRecord;

/// How long a killed trainer takes to learn again: from the start of its new process (JVM start included) until its
/// state is restored, and until it has learned the first record. Its state is that of so many commits, each after a few
/// flights; events keep coming all the while.
final class Restart {
    private static final int[] COMMITS = {1_000, Integer.getInteger("bench.commits", 5_000)};
    private static final int A_COMMIT = 200;

    private Restart() {}

    static void run() throws Exception {
        var spec = Specs.everythingInTrain();
        var flights = FlightFile.find().events(spec, 1_000_000);
        try (var broker = BenchBroker.start()) {
            for (var commits : COMMITS) {
                measure(broker, spec, flights, commits);
            }
        }
    }

    private static void measure(BenchBroker broker, Spec spec, List<byte[]> flights, int commits) throws Exception {
        var lineage = "after-" + commits;
        broker.topics(spec, lineage);
        var done = new AtomicBoolean();
        var feeder = Thread.ofPlatform().start(() -> feed(broker, spec, flights, done));
        try {
            commit(broker, spec, lineage, commits);
            var specFile = Files.writeString(broker.directory().resolve("spec.yaml"), yaml());
            var plan = new RoleProcess.Plan(
                    "train",
                    specFile,
                    lineage,
                    broker.client().get("bootstrap.servers").toString(),
                    broker.directory().resolve(lineage),
                    1,
                    0);
            try (var split = new SplitRole(spec, broker.settings(lineage))) {
                split.start();
                restart(plan, commits, broker.bytes(spec.topic(lineage, "train") + "-cells-changelog"));
            }
        } finally {
            done.set(true);
            feeder.join();
        }
    }

    private static void restart(RoleProcess.Plan plan, int commits, long bytes)
            throws IOException, InterruptedException {
        var restored = new Rounds(commits + " commits: start to restored", "ms");
        var learned = new Rounds(commits + " commits: start to first learned", "ms");
        for (var round = 0; round <= Rounds.COUNT; round++) {
            var start = System.nanoTime();
            try (var trainer = new RoleProcess(plan)) {
                while (trainer.first.isEmpty()) {
                    LockSupport.parkNanos(500_000);
                }
                var known = (System.nanoTime() - start) / 1e6;
                while (trainer.last.equals(trainer.first)) {
                    LockSupport.parkNanos(500_000);
                }
                if (round > 0) { // the first one was not killed before
                    restored.add(known);
                    learned.add((System.nanoTime() - start) / 1e6);
                }
                LockSupport.parkNanos(Duration.ofSeconds(1).toNanos()); // some commits more
                trainer.kill();
            }
        }
        System.out.printf("changelog: %,d KiB on disk%n", bytes >> 10);
        restored.print();
        learned.print();
    }

    private static String yaml() {
        return io.millrace.spec.SpecReader.resourceText("flights.yaml")
                .replace("train: 0.8", "train: 1")
                .replace("validation: 0.1", "validation: 0")
                .replace("test: 0.1", "test: 0");
    }

    /// Commits as fast as can be, every one with something in it, until there were so many.
    private static void commit(BenchBroker broker, Spec spec, String lineage, int commits) {
        var settings = broker.settings(lineage).withCommitEvery(Duration.ofMillis(5));
        try (var roles = new Lineage(spec, settings)) {
            roles.awaitCommits(commits);
        }
    }

    private static void feed(BenchBroker broker, Spec spec, List<byte[]> flights, AtomicBoolean done) {
        try (var producer = broker.producer()) {
            for (var sent = 0; !done.get(); sent++) {
                var _ = producer.send(
                        new ProducerRecord<>(spec.events().topic(), 0, null, flights.get(sent % flights.size())));
                if (sent % A_COMMIT == 0) {
                    LockSupport.parkNanos(10_000_000);
                }
            }
        }
    }
}
