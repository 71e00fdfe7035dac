package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
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
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a role does when it starts again and finds things as they were, or not as they were.
class RestartIT {
    private static final String SERVERS = TestBroker.bootstrapServers();
    private static final Map<String, Object> CLIENT = Map.of("bootstrap.servers", SERVERS);

    @TempDir
    Path dir;

    private String model;
    private Spec spec;

    @BeforeEach
    void topics() throws IOException {
        model = TestBroker.unique("restart");
        spec = spec(text -> text);
        try (var admin = Admin.create(CLIENT)) {
            Topics.ensureEvents(admin, spec, 2, Map.of());
        }
    }

    private Spec spec(java.util.function.UnaryOperator<String> change) throws IOException {
        var text = SpecReader.resourceText("flights.yaml")
                .replace("model: flight-delays", "model: " + model)
                .replace("topic: flights", "topic: " + model + ".flights");
        return SpecReader.read(Files.writeString(dir.resolve("spec.yaml"), change.apply(text)));
    }

    private RoleSettings settings() {
        return RoleSettings.of(CLIENT, "main", dir, new SimpleMeterRegistry());
    }

    private void produce(int partition, List<byte[]> events) {
        TestBroker.produceAll(events.stream()
                .map(event -> new ProducerRecord<byte[], byte[]>(spec.events().topic(), partition, null, event))
                .toList());
    }

    private LiveRoles roles() {
        return new LiveRoles(SERVERS, spec, "main", dir);
    }

    @Test
    void a_partition_that_was_quiet_is_read_from_its_beginning() {
        var events = Flights.first(4_000);
        produce(0, events.subList(0, 2_000));
        try (var _ = roles()) {
            Progress.awaitCommitted(SERVERS, spec, "main", 0);
        }

        try (var _ = roles()) {
            produce(1, events.subList(2_000, 4_000));
            Progress.awaitLearned(SERVERS, spec, "main");
        }

        var log = new LogReplay(spec, TestBroker.readAll(spec.topic("main", "train")));
        assertThat(log.ids).containsExactlyInAnyOrderElementsOf(TrainExamples.of(spec, events));
    }

    @Test
    void a_split_whose_offsets_were_lost_does_not_begin_anew() throws Exception {
        produce(0, Flights.first(2_000));
        produce(1, Flights.first(10));
        try (var _ = roles()) {
            Progress.awaitLearned(SERVERS, spec, "main");
        }
        try (var admin = Admin.create(CLIENT)) {
            admin.deleteConsumerGroups(List.of(spec.topic("main", "split")))
                    .all()
                    .get();
        }

        assertThatThrownBy(() -> new SplitRole(spec, settings()))
                .isInstanceOf(RoleException.class)
                .hasMessageStartingWith("group " + model + ".main.split has no committed offsets, but " + model
                        + ".main.train holds blocks: the offsets were lost");
    }

    @Test
    void a_trainer_whose_offsets_were_lost_learns_nothing_twice() throws Exception {
        produce(0, Flights.first(2_000));
        produce(1, Flights.first(10));
        try (var _ = roles()) {
            Progress.awaitLearned(SERVERS, spec, "main");
        }
        try (var admin = Admin.create(CLIENT)) {
            admin.deleteConsumerGroups(List.of(spec.topic("main", "train")))
                    .all()
                    .get();
        }

        try (var trainer = new TrainRole(spec, settings())) {
            trainer.start();

            Awaitility.await().until(() -> trainer.failure().isCompletedExceptionally());
            assertThat(trainer.failure().exceptionNow())
                    .isInstanceOf(RoleException.class)
                    .hasMessageStartingWith(model + ".main.train offset 0 was learned already: the state stands at ");
        }
    }

    @Test
    void a_changed_spec_does_not_go_on_with_another_ones_log() throws IOException {
        try (var _ = roles()) {
            assertThat(BlockTopic.first(CLIENT, spec.topic("main", "train"))).isPresent();
        }
        var changed = spec(text -> text.replace("bits: 18", "bits: 19"));

        for (ThrowingCallable role : List.<ThrowingCallable>of(
                () -> new SplitRole(changed, settings()), () -> new TrainRole(changed, settings()))) {
            assertThatThrownBy(role)
                    .isInstanceOf(RoleException.class)
                    .hasMessage(model + ".main.train holds lineage main of spec " + LogOpening.hex(spec.hash())
                            + ": expected main of spec " + LogOpening.hex(changed.hash())
                            + ". The spec has changed; go back to the old one, or start a new lineage with --lineage");
        }
    }
}
