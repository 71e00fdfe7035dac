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
import java.util.function.IntFunction;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// However often a trainer commits and publishes, what the broker keeps of it stays small.
///
/// Topics are as the role makes them. Only whole segments are compacted (of 8 MiB), so the test sees to it that more
/// was
/// written than the bound, by a segment at least: a changelog that is not compacted is too large.
///
/// `-Dmillrace.commits=100000` is the long form.
class StateSizeIT {
    private static final int COMMITS = Integer.getInteger("millrace.commits", 1_000);
    private static final Duration COMMIT_EVERY = Duration.ofMillis(10);
    /// Chunks that may wait for the split.
    private static final int AHEAD = 2;

    private static final long MIB = 1 << 20;
    private static final long KIB = 1 << 10;
    private static final long SEGMENT = 8 * MIB;
    /// The broker compacts and deletes behind the writer's back, within its own time.
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /// Keyframes 10 versions apart and 20 versions kept: at most 40 are there when the next keyframe deletes.
    private static final int KEYFRAME = 10;

    private static final int KEEP = 20;
    private static final int MOST_KEPT = 40;

    @TempDir
    Path dir;

    /// What may be left on the broker.
    ///
    /// @param changelog bytes
    /// @param versions bytes
    /// @param version bytes of one
    private record Bounds(long changelog, long versions, long version) {}

    @Test
    void a_version_of_half_a_second_of_flights_is_small() throws Exception {
        var flights = Flights.first(100_000);
        var publish = publish(Duration.ofMillis(500));
        try (var model = new TestModel(dir, TestModel.flights("size-flights", publish), 1, Map.of());
                var roles = new LiveRoles(TestBroker.bootstrapServers(), model.spec, TestModel.LINEAGE, dir)) {
            for (var from = 0; roles.train.progress().snapshot().version() < 2 * KEYFRAME; from += 5_000) {
                model.produce(flights.subList(from % flights.size(), from % flights.size() + 5_000));
                model.awaitLearned();
            }
            var sizes = new VersionSizes(TestBroker.readAll(model.topic("versions")));
            System.out.println(model.spec.model() + ": " + sizes);
            assertThat(sizes.largest).isBetween(1L, 100 * KIB);
        }
    }

    @Test
    void wide_events_of_four_partitions_leave_little() throws Exception {
        var events = new WideEvents(7);
        var name = TestBroker.unique("size-wide");
        var yaml = WideEvents.spec(name, name + ".events").replace("{ every: 500ms }", publish(Duration.ofMillis(10)));
        try (var model = new TestModel(dir, yaml, 4, Map.of())) {
            learn(
                    model,
                    i -> List.of(events.next(), events.next(), events.next(), events.next()),
                    new Bounds(2 * SEGMENT, 12 * MIB, 2 * MIB));
        }
    }

    private static String publish(Duration every) {
        return "{ every: %dms, keyframe: %d, keep: %d }".formatted(every.toMillis(), KEYFRAME, KEEP);
    }

    /// A chunk of events goes in whenever the split has committed one, so that every commit has something to carry and
    /// the trainer is never idle; at half-time it waits for the broker to tidy up.
    private void learn(TestModel model, IntFunction<List<byte[]>> chunks, Bounds bounds) throws InterruptedException {
        var taken = new CountedCommits();
        var commits = new CountedCommits();
        var settings = RoleSettings.of(
                        Map.of("bootstrap.servers", TestBroker.bootstrapServers()),
                        TestModel.LINEAGE,
                        dir,
                        new SimpleMeterRegistry())
                .withCommitEvery(COMMIT_EVERY);
        var halfTime = 0L;
        try (var split = new SplitRole(model.spec, settings, taken);
                var train = new TrainRole(model.spec, settings, commits)) {
            split.start();
            train.start();
            var events = chunks.apply(0);
            for (var i = 0;
                    commits.count() < COMMITS || train.progress().snapshot().version() <= MOST_KEPT + KEYFRAME;
                    events = chunks.apply(++i)) {
                model.produce(events);
                taken.await((i - AHEAD) * (long) events.size());
                if (halfTime == 0 && commits.count() >= COMMITS / 2) {
                    halfTime = awaitSmallChangelog(model, bounds.changelog);
                }
            }
            model.awaitLearned();
        }
        var end = awaitSmallChangelog(model, bounds.changelog);
        report(model, halfTime, end);

        assertThat(commits.count()).isGreaterThanOrEqualTo(COMMITS);
        assertThat(written(model)).as("bytes written").isGreaterThan(bounds.changelog + SEGMENT);
        assertThat(end).as("bytes of the changelog").isLessThan(halfTime + SEGMENT);
        assertSmallVersions(model, bounds);
    }

    private static String changelog(TestModel model) {
        return model.topic("train") + "-cells-changelog";
    }

    private static long awaitSmallChangelog(TestModel model, long bound) {
        Awaitility.await("a small changelog")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(model.bytes(changelog(model))).isLessThan(bound));
        return model.bytes(changelog(model));
    }

    /// What the changelog took over time: as many records as there ever were, as large as those still there.
    private static long written(TestModel model) {
        var left = TestBroker.readAll(changelog(model));
        var bytes = left.stream().mapToLong(record -> record.value().length).sum();
        return Math.round((double) bytes / left.size() * (left.getLast().offset() + 1));
    }

    private static void report(TestModel model, long halfTime, long end) {
        var versions = model.topic("versions");
        System.out.printf(
                "%s: changelog %d KiB at half-time, %d KiB at the end, of %d KiB written; versions %d KiB, log start %d,"
                        + " %s%n",
                model.spec.model(),
                halfTime / KIB,
                end / KIB,
                written(model) / KIB,
                model.bytes(versions) / KIB,
                model.logStart(versions),
                new VersionSizes(TestBroker.readAll(versions)));
    }

    private static void assertSmallVersions(TestModel model, Bounds bounds) {
        var versions = model.topic("versions");
        Awaitility.await("few versions")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(model.bytes(versions)).isLessThan(bounds.versions));
        var sizes = new VersionSizes(TestBroker.readAll(versions));

        assertThat(model.logStart(versions)).isPositive();
        assertThat(sizes.last).isGreaterThan(MOST_KEPT + KEYFRAME);
        assertThat(sizes.count).isBetween(KEEP, MOST_KEPT);
        assertThat(sizes.largest).isBetween(1L, bounds.version);
        assertThat(sizes.beginsWithKeyframe)
                .as("the first record is a keyframe's")
                .isTrue();
        assertThat(sizes.refused).as("versions refused").isZero();
        assertThat(sizes.whole).as("whole versions").isGreaterThanOrEqualTo(KEEP);
    }
}
