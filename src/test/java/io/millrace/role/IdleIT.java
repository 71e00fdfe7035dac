package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.event.Wire;
import io.millrace.flights.Flights;
import io.millrace.kafka.TestBroker;
import io.millrace.schema.Manifest;
import io.millrace.schema.Metric;
import io.millrace.schema.VersionRecord;
import io.millrace.spec.Spec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What was learned last is published though nothing new comes.
class IdleIT {
    private static final List<byte[]> FLIGHTS = Flights.first(20_000);

    @TempDir
    Path dir;

    @Test
    void last_version_leaves_without_further_events() throws Exception {
        try (var model = new TestModel(dir, TestModel.flights("idle", "{ every: 1s }"), 1, Map.of());
                var _ = new LiveRoles(TestBroker.bootstrapServers(), model.spec, TestModel.LINEAGE, dir)) {
            model.produce(FLIGHTS.subList(0, 10_000));
            awaitVersionOfAll(model);
            model.produce(FLIGHTS.subList(10_000, 20_000));

            awaitVersionOfAll(model);
        }
    }

    @Test
    void version_that_a_closed_trainer_owed_leaves_after_its_start() throws Exception {
        try (var model = new TestModel(dir, TestModel.flights("idle-close", "{ every: 1d }"), 1, Map.of())) {
            try (var _ = new LiveRoles(TestBroker.bootstrapServers(), model.spec, TestModel.LINEAGE, dir)) {
                learnWithoutPublishing(model);
            }

            try (var _ = trainer(model.publishing("{ every: 100ms }"), dir)) {
                awaitVersionOfAll(model);
            }
        }
    }

    @Test
    void version_that_a_killed_trainer_owed_leaves_after_its_start() throws Exception {
        try (var model = new TestModel(dir, TestModel.flights("idle-kill", "{ every: 1d }"), 1, Map.of())) {
            try (var split = model.process("split");
                    var train = model.process("train")) {
                learnWithoutPublishing(model);
                train.kill();
                split.kill();
            }

            try (var _ = trainer(model.publishing("{ every: 100ms }"), dir.resolve("train"))) {
                awaitVersionOfAll(model);
            }
        }
    }

    /// The first version leaves at once; what comes after it waits for a day.
    private static void learnWithoutPublishing(TestModel model) {
        model.produce(FLIGHTS.subList(0, 10_000));
        Awaitility.await("first version")
                .atMost(Duration.ofMinutes(1))
                .until(() -> !manifests(model).isEmpty());
        model.produce(FLIGHTS.subList(10_000, 20_000));
        model.awaitLearned();
        var header = LiveState.of(TestBroker.bootstrapServers(), model.spec, TestModel.LINEAGE)
                .header();
        if (!header.getUnpublished() || header.getVersion() != 1) {
            throw new IllegalStateException("nothing is owed: " + header);
        }
    }

    private static TrainRole trainer(Spec spec, Path stateDir) {
        var role = new TrainRole(
                spec,
                RoleSettings.of(
                        Map.of("bootstrap.servers", TestBroker.bootstrapServers()),
                        TestModel.LINEAGE,
                        stateDir,
                        new SimpleMeterRegistry()));
        role.start();
        return role;
    }

    private static void awaitVersionOfAll(TestModel model) {
        Awaitility.await("a version that has learned everything")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> {
                    var log = model.log();
                    var manifests = manifests(model);

                    assertThat(manifests).isNotEmpty();
                    assertThat(manifests.getLast().getExamples()).isEqualTo(log.ids.size());
                    assertThat(manifests.getLast().getDigest()).isEqualTo(log.digest());
                    assertThat(metrics(model))
                            .extracting(Metric::getVersion, Metric::getExamples)
                            .containsExactlyElementsOf(manifests.stream()
                                    .map(manifest -> tuple(manifest.getVersion(), manifest.getExamples()))
                                    .toList());
                });
        assertThat(model.log().ids).hasSizeGreaterThan(1_000);
    }

    private static List<Manifest> manifests(TestModel model) {
        return TestBroker.readAll(model.topic("versions")).stream()
                .map(record ->
                        Wire.decode(VersionRecord.getDecoder(), record.value()).getBody())
                .filter(Manifest.class::isInstance)
                .map(Manifest.class::cast)
                .toList();
    }

    private static List<Metric> metrics(TestModel model) {
        return TestBroker.readAll(model.topic("metrics")).stream()
                .map(record -> Wire.decode(Metric.getDecoder(), record.value()))
                .toList();
    }
}
