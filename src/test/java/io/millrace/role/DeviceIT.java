package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.cli.CliProcess;
import io.millrace.flights.Flights;
import io.millrace.kafka.TestBroker;
import io.millrace.kernel.BreakingDriver;
import io.millrace.kernel.OpenClLayers;
import io.millrace.kernel.WithDevice;
import io.millrace.model.ChampionFollower;
import io.millrace.replay.BlockLog;
import io.millrace.replay.OffsetRange;
import io.millrace.replay.Replay;
import io.millrace.schema.Manifest;
import io.millrace.serve.ModelServer;
import io.millrace.serve.ServeConfig;
import io.millrace.spec.SpecReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.regex.Pattern;
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
    /// Bytes: more than the margins of a mini-batch take, less than a page of cells does.
    private static final int PAGE = 16 << 10;

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

    /// It breaks between two kernels, then within a commit, and is gone when the trainer starts once more: each time
    /// the
    /// process ends with a clear error, and what was committed stays. When it is back, a trainer goes on there.
    @Test
    void a_device_that_breaks_ends_the_trainer_and_loses_nothing_that_was_committed() throws Exception {
        var flights = Flights.first(18_000);
        try (var model = new TestModel(dir, yaml("broken", LAYERS), 1, Map.of());
                var split = model.process("split")) {
            try (var train = model.command(BreakingDriver.class, "train")) {
                model.produce(flights.subList(0, 6_000));
                model.awaitLearned();
                breaks(model, train, "kernels 1500", flights.subList(6_000, 12_000), "clEnqueueNDRangeKernel of \\w+");
            }
            var committed = committed(model);
            try (var train = model.command(BreakingDriver.class, "train")) {
                breaks(model, train, "read " + PAGE, flights.subList(12_000, 18_000), "clEnqueueReadBuffer");
            }
            assertThat(committed(model)).isEqualTo(committed);

            try (var train = model.process("train", NO_DEVICE)) {
                assertThat(train.awaitFailure())
                        .contains(model.topic("train") + " can't go on: OpenCL has no device: expected one, such as")
                        .contains("What was committed stays; start it again when the device is back");
            }
            assertThat(committed(model)).isEqualTo(committed);

            try (var train = model.process("train")) {
                model.awaitLearned();
                train.stop();
            }
            split.stop();
            var live = LiveState.of(TestBroker.bootstrapServers(), model.spec, TestModel.LINEAGE);
            var replay = replay(model, OffsetRange.ALL);
            assertThat(live.header().getTrainer()).isEqualTo(replay.trainer().state());
            assertThat(live.digestOfCells()).isEqualTo(replay.trainer().digest());
            assertThat(replay.trainer().examples())
                    .isGreaterThan(committed.header().getTrainer().getExamples() + 6_000 / 2);
        }
    }

    /// Tells a device when to break, and has the trainer learn until it does.
    ///
    /// @param call the one that fails
    private static void breaks(TestModel model, CliProcess train, String when, List<byte[]> flights, String call)
            throws Exception {
        train.say(when);
        train.awaitMatch(Pattern.compile("will break"), 60);
        model.produce(flights);

        assertThat(train.await(60)).as(train.output()).isEqualTo(1);
        assertThat(train.output())
                .matches("(?s).*\n" + Pattern.quote(model.topic("train") + " can't go on: ") + call + " on "
                        + Pattern.quote(OpenClLayers.find()) + " failed with CL_OUT_OF_RESOURCES \\(-5\\)\n"
                        + "What was committed stays; start it again when the device is back")
                .containsOnlyOnce("CL_OUT_OF_RESOURCES")
                .doesNotContain("\tat ");
    }

    /// What was committed last: the state is that of the blocks before its offset, and so is the version published.
    private static LiveState committed(TestModel model) throws Exception {
        var live = LiveState.of(TestBroker.bootstrapServers(), model.spec, TestModel.LINEAGE);
        var replay = replay(model, until(live.header().getLogOffset()));
        assertThat(live.header().getTrainer()).isEqualTo(replay.trainer().state());
        assertThat(live.digestOfCells()).isEqualTo(replay.trainer().digest()).isNotZero();
        var versions = new ArrayList<Manifest>();
        Versions.read(model, version -> versions.add(version.manifest()));
        var last = versions.getLast();
        assertThat(last.getVersion()).isEqualTo(live.header().getVersion());
        assertThat(last.getDigest())
                .isEqualTo(replay(model, until(last.getLogOffset())).trainer().versionDigest());
        return live;
    }

    private static OffsetRange until(long offset) {
        return new OffsetRange(OptionalLong.empty(), OptionalLong.of(offset));
    }

    private static Replay replay(TestModel model, OffsetRange range) throws Exception {
        try (var log = new BlockLog(CLIENT, model.topic("train"), range)) {
            return new Replay(log.spec()).run(log, (_, _) -> {});
        }
    }
}
