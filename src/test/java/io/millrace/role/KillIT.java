package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.flights.Flights;
import io.millrace.generate.WideEvents;
import io.millrace.kafka.TestBroker;
import io.millrace.replay.BlockLog;
import io.millrace.replay.OffsetRange;
import io.millrace.replay.Replay;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Exactly once, for real: processes die at random moments, and nothing in the log or in the weights tells.
///
/// `-Dmillrace.kills=100 -Dit.minutes=120 -Dsurefire.timeout=0` makes it longer, `-Dmillrace.seed=N` repeats a run.
class KillIT {
    private static final int KILLS = Integer.getInteger("millrace.kills", 12);
    private static final long SEED = Long.getLong("millrace.seed", System.nanoTime() & 0xffff);

    @TempDir
    Path dir;

    @Test
    void flights_are_learned_as_if_nothing_had_happened() throws Exception {
        System.out.println("KillIT, flights: -Dmillrace.seed=" + SEED + " -Dmillrace.kills=" + KILLS);
        var model = TestBroker.unique("kill-flights");
        var yaml = SpecReader.resourceText("flights.yaml")
                .replace("model: flight-delays", "model: " + model)
                .replace("topic: flights", "topic: " + model + ".flights");
        var events = Flights.first(Math.max(300_000, KILLS * 3_000));
        try (var drill = new Drill(yaml, 1, dir, SEED)) {
            drill.run(events, KILLS);

            var log = drill.log();
            var expected = TrainExamples.of(drill.spec, events);
            assertThat(log.ids).isEqualTo(expected);
            assertSameAsLog(drill, log);
            assertWorkWasLost(drill);
            assertSameAsUndisturbed(drill, log);
        }
    }

    @Test
    void wide_events_of_four_partitions_are_learned_as_the_log_says() throws Exception {
        System.out.println("KillIT, wide: -Dmillrace.seed=" + SEED + " -Dmillrace.kills=" + KILLS);
        var model = TestBroker.unique("kill-wide");
        var events = WideEvents.first(KILLS * 3_500, SEED);
        try (var drill = new Drill(WideEvents.spec(model, model + ".events"), 4, dir, SEED)) {
            drill.run(events, KILLS);

            var log = drill.log();
            var expected = TrainExamples.of(drill.spec, events);
            assertThat(log.ids).hasSameSizeAs(expected);
            assertThat(new HashSet<>(log.ids)).isEqualTo(new HashSet<>(expected));
            assertSameAsLog(drill, log);
            assertWorkWasLost(drill);
        }
    }

    private static void assertSameAsLog(Drill drill, LogReplay log) throws IOException {
        var live = LiveState.of(TestBroker.bootstrapServers(), drill.spec, "main");

        assertThat(live.header().getLogOffset()).isEqualTo(log.end);
        assertThat(live.header().getTrainer()).isEqualTo(log.state());
        assertThat(live.header().getDigest()).isEqualTo(log.digest());
        assertThat(live.digestOfCells()).isEqualTo(log.digest());
        assertSameAsReplay(drill, live);
    }

    /// What `replay` makes of the log: counters, scalers and progressive metrics, and the weights.
    private static void assertSameAsReplay(Drill drill, LiveState live) throws IOException {
        Map<String, Object> client = Map.of("bootstrap.servers", TestBroker.bootstrapServers());
        try (var log = new BlockLog(client, drill.spec.topic("main", "train"), OffsetRange.ALL)) {
            var replay = new Replay(log.spec()).run(log, (_, _) -> {});

            assertThat(replay.logOffset()).isEqualTo(live.header().getLogOffset());
            assertThat(replay.trainer().state()).isEqualTo(live.header().getTrainer());
            assertThat(replay.trainer().digest()).isEqualTo(live.digestOfCells());
        }
    }

    private static void assertWorkWasLost(Drill drill) {
        var withLoss = drill.kills().stream().filter(kill -> kill.lost() > 0).count();

        assertThat(withLoss).isGreaterThanOrEqualTo(drill.kills().size() / 2);
    }

    /// The same events through live roles that nobody disturbs, as a lineage beside.
    private void assertSameAsUndisturbed(Drill drill, LogReplay log) throws Exception {
        try (var _ = new LiveRoles(TestBroker.bootstrapServers(), drill.spec, "calm", dir.resolve("calm"))) {
            Progress.awaitLearned(TestBroker.bootstrapServers(), drill.spec, "calm");
        }
        var undisturbed = LiveState.of(TestBroker.bootstrapServers(), drill.spec, "calm");

        assertThat(undisturbed.header().getTrainer()).isEqualTo(log.state());
        assertThat(undisturbed.header().getDigest()).isEqualTo(log.digest());
    }
}
