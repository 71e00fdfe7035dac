package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.flights.Flights;
import io.millrace.kafka.TestBroker;
import io.millrace.kernel.OpenClLayers;
import io.millrace.kernel.WithDevice;
import io.millrace.model.ChampionFollower;
import io.millrace.replay.BlockLog;
import io.millrace.replay.OffsetRange;
import io.millrace.replay.Replay;
import io.millrace.serve.ModelServer;
import io.millrace.serve.ServeConfig;
import io.millrace.spec.SpecReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A multilayer perceptron, and lanes in mini-batches, that learn on a device of OpenCL, all the way: split, learned by
/// a trainer that is killed,
/// published, followed and served.
@WithDevice
class DeviceIT {
    private static final Map<String, Object> CLIENT = Map.of("bootstrap.servers", TestBroker.bootstrapServers());
    private static final String LAYERS = "learner: { kind: mlp, embedding: 8, layers: [32, 16], batch: 32 }";
    /// Where no driver is.
    private static final Map<String, String> NO_DEVICE = Map.of("OCL_ICD_VENDORS", "/nowhere");

    private final UnderKills kills = new UnderKills(2);

    @TempDir
    Path dir;

    private static String yaml(String name, String learner) {
        return TestModel.flights(name, "{ every: 50ms, keyframe: 20 }")
                .replaceAll("  - \\{ cross: .*\n", "")
                .replace("learn:\n", "learn:\n  kernel: opencl\n  " + learner.replace("; ", "\n  ") + "\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                LAYERS,
                "learner: { kind: linear, batch: 32 }; lanes: { learning-rate: [0.05, 0.2, 0.8], l2: [0, 0.0001] }"
            })
    void survives_kills_and_ends_within_a_hundredth_of_the_loss_of_the_cpu(String learner) throws Exception {
        var seed = Long.getLong("millrace.seed", System.nanoTime() & 0xffff);
        System.out.println("DeviceIT: -Dmillrace.seed=" + seed);
        try (var model = new TestModel(dir, yaml("device", learner), 1, Map.of());
                var follower = new ChampionFollower(CLIENT, model.spec, TestModel.LINEAGE, _ -> {});
                var server = new ModelServer(
                        ServeConfig.defaults().withPort(0),
                        follower::current,
                        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
                var replay = kills.learn(model, follower, new Random(seed))) {
            var live = LiveState.of(TestBroker.bootstrapServers(), model.spec, TestModel.LINEAGE);
            var manifest = follower.current().manifest();

            assertThat(live.header().getTrainer()).isEqualTo(replay.trainer().state());
            assertThat(live.digestOfCells()).isEqualTo(replay.trainer().digest());
            assertThat(manifest.getDigest())
                    .isEqualTo(replay.trainer().versionDigest())
                    .isNotZero();
            assertThat(manifest.getKernel()).isEqualTo("opencl");
            assertThat(manifest.getDevice()).isEqualTo(OpenClLayers.find());
            assertThat(manifest.getExamplesPerSecond()).isPositive();
            assertThat(kills.answers(server.port()))
                    .isEqualTo(kills.predictions(model, UnderKills.version(model, replay)));
            assertThat(loss(replay)).isCloseTo(loss(onCpu(model)), within(0.01 * loss(replay)));
            assertThat(manifest.getLane()).isEqualTo(replay.trainer().lane());
            assertThat(loss(replay))
                    .isLessThan(replay.trainer().progress().metrics().get("log-loss.constant"));
        }
    }

    private static double loss(Replay replay) {
        return replay.trainer().progress().metrics().get("log-loss");
    }

    /// The same blocks, learned by the same spec without a device.
    private Replay onCpu(TestModel model) throws Exception {
        var yaml = Files.readString(dir.resolve("spec.yaml")).replace("  kernel: opencl\n", "");
        var spec = SpecReader.read(Files.writeString(dir.resolve("cpu.yaml"), yaml));
        try (var log = new BlockLog(CLIENT, model.topic("train"), OffsetRange.ALL)) {
            return new Replay(log.spec(spec)).run(log, (_, _) -> {});
        }
    }

    /// The driver is gone when the trainer starts again: it ends with a clear error, and what was committed stays. When
    /// it is back, a trainer goes on there.
    @Test
    void a_device_that_is_gone_ends_the_trainer_and_loses_nothing() throws Exception {
        var flights = Flights.first(12_000);
        try (var model = new TestModel(dir, yaml("gone", LAYERS), 1, Map.of());
                var split = model.process("split")) {
            try (var train = model.process("train")) {
                model.produce(flights.subList(0, 6_000));
                model.awaitLearned();
                train.stop();
            }
            var committed = LiveState.of(TestBroker.bootstrapServers(), model.spec, TestModel.LINEAGE);

            model.produce(flights.subList(6_000, 12_000));
            try (var train = model.process("train", NO_DEVICE)) {
                assertThat(train.awaitFailure())
                        .contains(model.topic("train") + " can't go on: OpenCL has no device: expected one, such as")
                        .contains("What was committed stays; start it again when the device is back");
            }
            var after = LiveState.of(TestBroker.bootstrapServers(), model.spec, TestModel.LINEAGE);
            assertThat(after.header()).isEqualTo(committed.header());
            assertThat(after.digestOfCells()).isEqualTo(committed.digestOfCells());

            try (var train = model.process("train")) {
                model.awaitLearned();
                train.stop();
            }
            split.stop();
            var live = LiveState.of(TestBroker.bootstrapServers(), model.spec, TestModel.LINEAGE);
            try (var log = new BlockLog(CLIENT, model.topic("train"), OffsetRange.ALL);
                    var replay = new Replay(log.spec()).run(log, (_, _) -> {})) {
                assertThat(live.header().getTrainer())
                        .isEqualTo(replay.trainer().state());
                assertThat(live.digestOfCells()).isEqualTo(replay.trainer().digest());
            }
        }
    }
}
