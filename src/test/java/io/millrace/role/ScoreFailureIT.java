package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.event.Wire;
import io.millrace.kafka.TestBroker;
import io.millrace.model.FollowerException;
import io.millrace.model.Trips;
import io.millrace.schema.VersionRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A scorer that can't go on says so, on whichever thread it happens.
class ScoreFailureIT {
    @TempDir
    Path dir;

    private ScoreRole scorer(TestModel model) {
        Map<String, Object> client = Map.of("bootstrap.servers", TestBroker.bootstrapServers());
        return new ScoreRole(model.spec, RoleSettings.of(client, TestModel.LINEAGE, dir, new SimpleMeterRegistry()));
    }

    @Test
    void a_follower_that_dies_is_a_failure_of_the_role() throws Exception {
        try (var model = new TestModel(dir, TestModel.flights("score-dies", "{ every: 1s }"), 1, Map.of());
                var score = scorer(model)) {
            score.start();

            Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("follower-" + model.topic("versions")))
                    .forEach(Thread::interrupt);

            assertThat(score.failure())
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(FollowerException.class);
        }
    }

    @Test
    void a_start_that_fails_once_there_is_a_version_is_a_failure_of_the_role() throws Exception {
        try (var model = new TestModel(dir, TestModel.flights("score-start", "{ every: 1s }"), 1, Map.of());
                var score = scorer(model)) {
            score.start();
            score.start(); // what Streams refuses

            TestBroker.produceAll(Trips.versions(1).getFirst().stream()
                    .map(record -> Wire.encode(VersionRecord.getEncoder(), record))
                    .map(bytes -> new ProducerRecord<byte[], byte[]>(model.topic("versions"), 0, null, null, bytes))
                    .toList());

            assertThat(score.failure())
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(IllegalStateException.class);
        }
    }
}
