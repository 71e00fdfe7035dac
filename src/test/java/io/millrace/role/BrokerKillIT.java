package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.flights.Flights;
import io.millrace.kafka.BrokerProcess;
import io.millrace.kafka.TestBroker;
import io.millrace.spec.SpecReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The broker dies under live roles and comes back: they go on by themselves, and every example is learned once.
@Tag("embedded")
class BrokerKillIT {
    private static final int KILLS = 3;

    @TempDir
    Path dir;

    @Test
    void roles_outlive_a_broker_that_is_killed_and_restarted() {
        var spec = SpecReader.resource("flights.yaml");
        var events = Flights.first(100_000);
        var chunk = events.size() / (KILLS + 1);
        try (var broker = BrokerProcess.start(dir.resolve("broker"))) {
            var servers = broker.bootstrapServers();
            try (var admin = Admin.create(Map.of("bootstrap.servers", servers))) {
                Topics.ensureEvents(admin, spec, 1, Map.of());
            }
            try (var roles = new LiveRoles(servers, spec, "main", dir.resolve("state"))) {
                for (var kill = 0; kill < KILLS; kill++) {
                    produce(servers, events.subList(kill * chunk, (kill + 1) * chunk));
                    Progress.awaitExamples(roles.train, kill * chunk / 2);
                    broker.kill();
                    broker.restart();
                }
                produce(servers, events.subList(KILLS * chunk, events.size()));
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
