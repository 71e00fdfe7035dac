package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.flights.Flights;
import io.millrace.kafka.TestBroker;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A trainer's state moves: to a standby when the active instance is killed, back when it returns and the other one
/// leaves.
class MigrationIT {
    private static final String SERVERS = TestBroker.bootstrapServers();

    @TempDir
    Path dir;

    private final List<byte[]> events = Flights.first(120_000);
    private Path file;
    private Spec spec;

    @BeforeEach
    void topics() throws IOException {
        var model = TestBroker.unique("migration");
        file = Files.writeString(
                dir.resolve("spec.yaml"),
                SpecReader.resourceText("flights.yaml")
                        .replace("model: flight-delays", "model: " + model)
                        .replace("topic: flights", "topic: " + model + ".flights"));
        spec = SpecReader.read(file);
        try (var admin = Admin.create(Map.of("bootstrap.servers", SERVERS))) {
            Topics.ensureEvents(admin, spec, 1, Map.of());
            Topics.ensure(admin, spec, "main");
        }
    }

    @Test
    void a_standby_takes_over_and_hands_back_without_a_trace() throws Exception {
        try (var _ = new RoleProcess(plan("split", file, "split"));
                var first = new RoleProcess(plan("train", file, "a"))) {
            learn(spec, events.subList(0, 40_000));
            try (var second = new RoleProcess(plan("train", file, "b"))) {
                // the second instance holds a standby; it learns only once the first is gone
                first.armRecords(3);
                produce(spec, events.subList(40_000, 80_000));
                first.awaitMark();
                first.kill();
                Progress.awaitLearned(SERVERS, spec, "main");
                try (var third = new RoleProcess(plan("train", file, "a"))) {
                    second.armCommit(Probe.Moment.SENT, 1);
                    produce(spec, events.subList(80_000, 100_000));
                    second.awaitMark();
                    second.kill();
                    learn(spec, events.subList(100_000, 120_000));

                    assertThat(third.last).isNotEmpty();
                }
            }
        }
        assertSameAsLog();
    }

    /// Each closes in the midst of blocks, so that what it holds is committed or thrown away by Streams' own leave.
    @Test
    void a_trainer_that_is_stopped_hands_over_to_a_standby_and_takes_over_again() throws Exception {
        try (var _ = new RoleProcess(plan("split", file, "split"));
                var first = new RoleProcess(plan("train", file, "a"))) {
            learn(spec, events.subList(0, 20_000));
            try (var second = new RoleProcess(plan("train", file, "b"))) {
                stopAmid(first, events.subList(20_000, 60_000));
                Progress.awaitLearned(SERVERS, spec, "main");
                try (var third = new RoleProcess(plan("train", file, "a"))) {
                    stopAmid(second, events.subList(60_000, 100_000));
                    Progress.awaitLearned(SERVERS, spec, "main");
                    learn(spec, events.subList(100_000, 120_000));

                    assertThat(second.last).isNotEmpty();
                    assertThat(third.last).isNotEmpty();
                }
            }
        }
        assertSameAsLog();
    }

    private void stopAmid(RoleProcess trainer, List<byte[]> chunk) throws Exception {
        trainer.armRecords(5);
        produce(spec, chunk);
        trainer.awaitMark();
        trainer.stop();
    }

    private void assertSameAsLog() {
        var log = new LogReplay(spec, TestBroker.readAll(spec.topic("main", "train")));
        var live = LiveState.of(SERVERS, spec, "main");

        assertThat(log.ids).isEqualTo(TrainExamples.of(spec, events));
        assertThat(live.header().getTrainer()).isEqualTo(log.state());
        assertThat(live.header().getDigest()).isEqualTo(log.digest());
        assertThat(live.digestOfCells()).isEqualTo(log.digest());
    }

    private RoleProcess.Plan plan(String role, Path file, String instance) {
        return new RoleProcess.Plan(role, file, "main", SERVERS, dir.resolve(instance), 1, 1);
    }

    private static void learn(Spec spec, List<byte[]> events) {
        produce(spec, events);
        Progress.awaitLearned(SERVERS, spec, "main");
    }

    private static void produce(Spec spec, List<byte[]> events) {
        TestBroker.produceAll(events.stream()
                .map(event -> new ProducerRecord<byte[], byte[]>(spec.events().topic(), 0, null, event))
                .toList());
    }
}
