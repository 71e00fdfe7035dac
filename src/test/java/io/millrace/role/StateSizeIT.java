package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.flights.Flights;
import io.millrace.generate.WideEvents;
import io.millrace.kafka.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// However often a trainer commits and publishes, what the broker keeps of it stays small.
///
/// Only whole segments are compacted. Those of the changelog are made eight times smaller here than they are made by
/// the role, so
/// that a thousand commits fill several, and bounds stand for eight times as much: 32 MiB of flights.
///
/// `-Dmillrace.commits=100000` is the long form.
class StateSizeIT {
    private static final int COMMITS = Integer.getInteger("millrace.commits", 1_000);
    private static final Duration COMMIT_EVERY = Duration.ofMillis(10);
    /// Chunks that may wait for the trainer.
    private static final int AHEAD = 8;

    private static final long MIB = 1 << 20;
    private static final long KIB = 1 << 10;
    /// Keyframes 10 versions apart and 20 versions kept: at most 40 are there when the next keyframe deletes.
    private static final String PUBLISH = "{ every: 10ms, keyframe: 10, keep: 20 }";

    @TempDir
    Path dir;

    /// What may be left on the broker.
    ///
    /// @param changelog bytes
    /// @param versions bytes
    /// @param version bytes of one
    private record Bounds(long changelog, long versions, long version) {}

    @Test
    void flights_leave_little() throws Exception {
        var flights = Flights.first(100_000);
        try (var model = new TestModel(dir, TestModel.flights("size-flights", PUBLISH), 1, Map.of())) {
            learn(model, i -> {
                var from = i * 200 % flights.size();
                return flights.subList(from, from + 200);
            });

            assertSmall(model, new Bounds(4 * MIB, 8 * MIB, 100 * KIB));
        }
    }

    @Test
    void wide_events_of_four_partitions_leave_little() throws Exception {
        var events = new WideEvents(7);
        var name = TestBroker.unique("size-wide");
        var yaml = WideEvents.spec(name, name + ".events").replace("{ every: 500ms }", PUBLISH);
        try (var model = new TestModel(dir, yaml, 4, Map.of())) {
            learn(model, i -> List.of(events.next(), events.next(), events.next(), events.next()));

            assertSmall(model, new Bounds(6 * MIB, 12 * MIB, 2 * MIB));
        }
    }

    /// A chunk of events goes in whenever the trainer has committed, so that every commit has something to carry.
    private void learn(TestModel model, IntFunction<List<byte[]>> chunks) throws InterruptedException {
        var commits = new Commits();
        var settings = RoleSettings.of(
                        Map.of("bootstrap.servers", TestBroker.bootstrapServers()),
                        TestModel.LINEAGE,
                        dir,
                        new SimpleMeterRegistry())
                .withCommitEvery(COMMIT_EVERY);
        try (var split = new SplitRole(model.spec, settings);
                var train = new TrainRole(model.spec, settings, commits)) {
            split.start();
            train.start();
            for (var i = 0; commits.count < COMMITS; i++) {
                model.produce(chunks.apply(i));
                if (i >= AHEAD) {
                    commits.await();
                }
                if (i == AHEAD) {
                    model.segments(model.topic("train") + "-cells-changelog", MIB);
                }
            }
            model.awaitLearned();
        }
        assertThat(commits.count).isGreaterThanOrEqualTo(COMMITS);
    }

    private static void assertSmall(TestModel model, Bounds bounds) {
        var changelog = model.topic("train") + "-cells-changelog";
        var versions = model.topic("versions");
        var sizes = new VersionSizes(TestBroker.readAll(versions));
        System.out.printf(
                "%s: changelog %d KiB, versions %d KiB, log start %d, %s%n",
                model.spec.model(),
                model.bytes(changelog) / KIB,
                model.bytes(versions) / KIB,
                model.logStart(versions),
                sizes);

        // the broker compacts and deletes behind the writer's back, within its own time
        Awaitility.await("a small changelog")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(model.bytes(changelog)).isLessThan(bounds.changelog));
        Awaitility.await("few versions")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(model.bytes(versions)).isLessThan(bounds.versions));
        assertThat(sizes.last).isGreaterThanOrEqualTo(COMMITS / 2);
        assertThat(sizes.count).isBetween(20, 40);
        assertThat(sizes.largest).isBetween(1L, bounds.version);
    }

    /// Counts the commits that carry something.
    private static final class Commits implements Probe {
        private final Semaphore seen = new Semaphore(0);
        private boolean processed;
        private volatile int count;

        @Override
        public void processed(int partition, long position) {
            processed = true;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // the stream thread alone writes
        public void at(Moment now) {
            if (now == Moment.OFFSETS && processed) {
                processed = false;
                count++;
                seen.release();
            }
        }

        void await() throws InterruptedException {
            if (!seen.tryAcquire(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no commit within 30 s after " + count);
            }
        }
    }
}
