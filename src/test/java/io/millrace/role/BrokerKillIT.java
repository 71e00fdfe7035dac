package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.flights.Flights;
import io.millrace.kafka.BrokerProcess;
import io.millrace.kafka.TestBroker;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The broker dies or hangs under live roles and comes back: they go on by themselves, and every example is learned
/// once.
@Tag("embedded")
class BrokerKillIT {
    private static final int KILLS = 3;
    private static final int HANGS = 25_000;

    @TempDir
    Path dir;

    private final Spec spec = SpecReader.resource("flights.yaml");
    private final List<byte[]> events = Flights.first(100_000);

    @Test
    void roles_outlive_a_broker_that_is_killed_and_restarted() {
        var chunk = events.size() / (KILLS + 1);
        go((broker, roles) -> {
            for (var kill = 0; kill < KILLS; kill++) {
                produce(broker.bootstrapServers(), events.subList(kill * chunk, (kill + 1) * chunk));
                Progress.awaitExamples(roles.train, kill * chunk / 2);
                broker.kill();
                broker.restart();
            }
            produce(broker.bootstrapServers(), events.subList(KILLS * chunk, events.size()));
        });
    }

    /// For so long that their transactions and sends have timed out (10 s) and so have their sessions (6 s).
    @Test
    void roles_outlive_a_broker_that_hangs() {
        go((broker, roles) -> {
            produce(broker.bootstrapServers(), events.subList(0, 20_000));
            Progress.awaitExamples(roles.train, 1_000);
            produce(broker.bootstrapServers(), events.subList(20_000, 90_000));
            var before = roles.train.progress().snapshot().examples();
            broker.freeze();
            awaitGivenUp(broker.bootstrapServers());
            var frozen = roles.train.progress().snapshot().examples();
            broker.thaw();
            produce(broker.bootstrapServers(), events.subList(90_000, events.size()));

            assertThat(frozen).isBetween(before, 89_000L);
        });
    }

    /// Waits until a client that is more patient than those of the roles has given up.
    private static void awaitGivenUp(String servers) {
        Map<String, Object> patient =
                Map.of("bootstrap.servers", servers, "request.timeout.ms", HANGS, "default.api.timeout.ms", HANGS);
        try (var admin = Admin.create(patient)) {
            assertThatThrownBy(() -> admin.describeCluster().nodes().get()).hasCauseInstanceOf(TimeoutException.class);
        }
    }

    private interface Trouble {
        void make(BrokerProcess broker, LiveRoles roles);
    }

    private void go(Trouble trouble) {
        try (var broker = BrokerProcess.start(dir.resolve("broker"))) {
            var servers = broker.bootstrapServers();
            try (var admin = Admin.create(Map.of("bootstrap.servers", servers))) {
                Topics.ensureEvents(admin, spec, 1, Map.of());
            }
            try (var roles = new LiveRoles(servers, spec, "main", dir.resolve("state"))) {
                trouble.make(broker, roles);
                Progress.awaitLearned(servers, spec, "main");

                assertThat(roles.split.failure()).isNotDone();
                assertThat(roles.train.failure()).isNotDone();
            }
            var log = new LogReplay(spec, TestBroker.readAll(servers, spec.topic("main", "train")));
            var live = LiveState.of(servers, spec, "main");

            assertThat(log.ids).isEqualTo(TrainExamples.of(spec, events));
            assertThat(live.header().getTrainer()).isEqualTo(log.state());
            assertThat(live.header().getDigest()).isEqualTo(log.digest());
            assertThat(live.digestOfCells()).isEqualTo(log.digest());
        }
    }

    private static void produce(String servers, List<byte[]> events) {
        TestBroker.produceAll(
                servers,
                events.stream()
                        .map(event -> new ProducerRecord<byte[], byte[]>("flights", 0, null, event))
                        .toList());
    }
}
