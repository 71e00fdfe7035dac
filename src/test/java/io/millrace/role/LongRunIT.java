package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.flights.Flights;
import io.millrace.kafka.TestBroker;
import io.millrace.model.ChampionFollower;
import io.millrace.model.Model;
import io.millrace.schema.ChampionMode;
import io.millrace.schema.Command;
import io.millrace.schema.CommandKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Thousands of versions, one of them pinned soon after the start: what the broker keeps besides the events and the
/// log of blocks stays small, and whoever starts anew serves the pinned version, bit for bit, long after the versions
/// around it are gone.
///
/// `-Dmillrace.versions=100000 -Dit.minutes=600 -Dsurefire.timeout=0` is the long form.
class LongRunIT {
    private static final int VERSIONS = Integer.getInteger("millrace.versions", 3_000);
    private static final int LOOKS = 5;
    private static final int EVENTS = 100;
    /// Chunks that may wait for the split.
    private static final int AHEAD = 2;

    private static final int KEYFRAME = 10;
    private static final int KEEP = 20;
    /// Before a keyframe deletes, two stretches of versions may be there.
    private static final int MOST_KEPT = 40;

    private static final long MIB = 1 << 20;
    /// Only whole segments are compacted: of 4 MiB as the topics are made, of 8 MiB in the changelog.
    private static final long SEGMENT = 8 * MIB;

    /// The broker compacts and deletes behind the writer's back, within its own time.
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Map<String, Object> CLIENT = Map.of("bootstrap.servers", TestBroker.bootstrapServers());

    @TempDir
    Path dir;

    @Test
    void leaves_little_and_what_is_pinned_stays_servable() throws Exception {
        var flights = Flights.first(100_000);
        var publish = "{ every: 10ms, keyframe: %d, keep: %d }".formatted(KEYFRAME, KEEP);
        var taken = new CountedCommits();
        var settings = RoleSettings.of(CLIENT, TestModel.LINEAGE, dir, new SimpleMeterRegistry())
                .withCommitEvery(Duration.ofMillis(10));
        try (var model = new TestModel(dir, TestModel.flights("long-run", publish), 1, Map.of());
                var split = new SplitRole(model.spec, settings, taken);
                var train = new TrainRole(model.spec, settings);
                var gate = new GateRole(model.spec, settings);
                var serving = follower(model)) {
            split.start();
            train.start();
            gate.start();
            Model pinned = null;
            var looks = 0;
            for (var chunk = 0; train.progress().snapshot().version() < VERSIONS; chunk++) {
                var from = chunk * EVENTS % flights.size();
                model.produce(flights.subList(from, from + EVENTS));
                taken.await((chunk - AHEAD) * (long) EVENTS);
                var version = train.progress().snapshot().version();
                if (pinned == null && version > KEYFRAME) {
                    pinned = pin(model, gate, serving);
                }
                if (pinned != null && version > (long) VERSIONS * (looks + 1) / (LOOKS + 1)) {
                    looks++;
                    assertServesAnew(model, pinned);
                    assertSmall(model, looks);
                }
            }
            assertThat(looks).isEqualTo(LOOKS);
            model.awaitLearned();
            assertServesAnew(model, Objects.requireNonNull(pinned));
            assertSmall(model, looks + 1);

            send(model, CommandKind.RESUME, null);
            await("the newest serves")
                    .untilAsserted(() ->
                            assertThat(current(serving).manifest().getVersion()).isGreaterThanOrEqualTo(VERSIONS));
        }
    }

    private static ChampionFollower follower(TestModel model) {
        return new ChampionFollower(CLIENT, model.spec, TestModel.LINEAGE, _ -> {});
    }

    private static Model current(ChampionFollower follower) {
        var current = follower.current();
        assertThat(current).as("what serves").isNotNull();
        return Objects.requireNonNull(current);
    }

    /// Pins the version that serves now.
    private static Model pin(TestModel model, GateRole gate, ChampionFollower serving) {
        await("a version serves").until(() -> serving.current() != null);
        var version = current(serving).manifest().getVersion();
        send(model, CommandKind.PIN, version);
        await("the gate has pinned")
                .untilAsserted(
                        () -> assertThat(gate.progress().snapshot().champion().getMode())
                                .isEqualTo(ChampionMode.PINNED));
        await("the pinned version serves")
                .untilAsserted(() ->
                        assertThat(current(serving).manifest().getVersion()).isEqualTo(version));
        return current(serving);
    }

    private static void send(TestModel model, CommandKind kind, Long version) {
        var command = Command.newBuilder()
                .setId(kind.name())
                .setKind(kind)
                .setVersion(version)
                .setBy("a test")
                .setWhy("the long run")
                .build();
        GatedRoles.send(model.spec, command);
    }

    /// A server that starts now serves the pinned version, with the very weights that it had.
    private static void assertServesAnew(TestModel model, Model pinned) {
        try (var restarted = follower(model)) {
            await("the restarted server serves").until(() -> restarted.current() != null);
            var serves = current(restarted);
            assertThat(serves.name()).isEqualTo(pinned.name());
            assertThat(serves.manifest().getDigest())
                    .isEqualTo(pinned.manifest().getDigest());
            for (var index = 0; index < 1 << model.spec.learn().bits(); index++) {
                if (serves.weight(index) != pinned.weight(index)) {
                    throw new AssertionError("weight " + index + " of " + serves.name() + " = " + serves.weight(index)
                            + ": expected " + pinned.weight(index));
                }
            }
            assertThat(restarted.refused()).isZero();
        }
    }

    /// Bytes on the broker's disk, but for the events, the blocks, and the evidence of the gate, which go by their
    /// age.
    private static Map<String, Long> bytes(TestModel model) {
        var bytes = new TreeMap<String, Long>();
        for (var word : List.of("versions", "kept", "train-cells-changelog")) {
            bytes.put(word, model.bytes(model.topic(word)));
        }
        for (var word : List.of("gate", "champion", "decisions", "commands")) {
            bytes.put(word, model.bytes(model.spec.topic(word)));
        }
        return bytes;
    }

    private static void assertSmall(TestModel model, int look) {
        await("little on the disk")
                .untilAsserted(() -> assertThat(bytes(model))
                        .allSatisfy(
                                (topic, bytes) -> assertThat(bytes).as(topic).isLessThan(SEGMENT + 4 * MIB)));
        var sizes = new VersionSizes(TestBroker.readAll(model.topic("versions")));
        System.out.printf("look %d at %s: bytes %s; %s%n", look, model.spec.model(), bytes(model), sizes);
        assertThat(sizes.count).isBetween(KEEP, MOST_KEPT + KEYFRAME);
        assertThat(sizes.beginsWithKeyframe)
                .as("the first record is a keyframe's")
                .isTrue();
        assertThat(sizes.refused).as("versions refused").isZero();
        assertThat(sizes.whole).as("whole versions").isGreaterThanOrEqualTo(KEEP);
    }

    private static ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(100));
    }
}
