package io.millrace.role;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.event.JsonDecoder;
import io.millrace.event.Row;
import io.millrace.flights.Flights;
import io.millrace.kafka.TestBroker;
import io.millrace.model.ChampionFollower;
import io.millrace.model.Following;
import io.millrace.model.Model;
import io.millrace.model.Predictor;
import io.millrace.model.Publisher;
import io.millrace.replay.BlockLog;
import io.millrace.replay.OffsetRange;
import io.millrace.replay.Replay;
import io.millrace.serve.ModelServer;
import io.millrace.serve.ServeConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Learners beside the linear one all the way: split, learned by a trainer that is killed, published, followed and
/// served.
class LearnersIT {
    private static final Map<String, Object> CLIENT = Map.of("bootstrap.servers", TestBroker.bootstrapServers());
    private static final int KILLS = 6;
    private static final int SLICE = 6_000;
    private static final int ASKED = 500;

    private final List<byte[]> flights = Flights.first((KILLS + 1) * SLICE);

    @TempDir
    Path dir;

    private static String yaml(String name, String learner) {
        return TestModel.flights(name, "{ every: 50ms, keyframe: 20 }")
                .replaceAll("  - \\{ cross: .*\n", "")
                .replace("learn:\n", "learn:\n  learner: " + learner + "\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            factors | { kind: factorization-machine, rank: 4, init: 0.1 }
            layers  | { kind: mlp, embedding: 8, layers: [32, 16], batch: 32 }
            """)
    void survives_kills_and_is_served_with_the_bits_of_a_replay(String name, String learner) throws Exception {
        var seed = Long.getLong("millrace.seed", System.nanoTime() & 0xffff);
        System.out.println("LearnersIT: -Dmillrace.seed=" + seed);
        try (var model = new TestModel(dir, yaml(name, learner), 1, Map.of());
                var follower = new ChampionFollower(CLIENT, model.spec, TestModel.LINEAGE, _ -> {});
                var server = new ModelServer(
                        ServeConfig.defaults().withPort(0),
                        follower::current,
                        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))) {
            var replay = learnUnderKills(model, follower, new Random(seed));
            var live = LiveState.of(TestBroker.bootstrapServers(), model.spec, TestModel.LINEAGE);
            var expected = version(model, replay);

            assertThat(live.header().getTrainer()).isEqualTo(replay.trainer().state());
            assertThat(live.digestOfCells()).isEqualTo(replay.trainer().digest());
            assertThat(follower.current().manifest().getDigest())
                    .isEqualTo(replay.trainer().digest())
                    .isNotZero();
            assertThat(answers(server.port())).isEqualTo(predictions(model, expected));
            assertThat(explained(server.port())).isEqualTo(learner.contains("mlp") ? 400 : 200);
            assertThat(replay.trainer().progress().metrics().get("log-loss"))
                    .isLessThan(replay.trainer().progress().metrics().get("log-loss.constant"));
        }
    }

    /// @return what the log says, once a version that has learned all of it is served
    private Replay learnUnderKills(TestModel model, Following follower, Random random)
            throws IOException, InterruptedException {
        var moments = Probe.Moment.values();
        var running = new HashMap<String, RoleProcess>();
        try {
            running.put("split", model.process("split"));
            running.put("train", model.process("train"));
            for (var kill = 0; kill < KILLS; kill++) {
                var victim = running.get("train");
                if (kill % 2 == 0) {
                    victim.armRecords(1 + random.nextInt(3));
                } else {
                    victim.armCommit(moments[random.nextInt(moments.length)], 1);
                }
                model.produce(flights.subList(kill * SLICE, (kill + 1) * SLICE));
                victim.awaitMark();
                victim.kill();
                running.put("train", model.process("train"));
            }
            model.produce(flights.subList(KILLS * SLICE, (KILLS + 1) * SLICE));
            model.awaitLearned();
            var replay = replay(model);
            GatedRoles.await("all of it is served").until(() -> serves(follower, replay));
            return replay;
        } finally {
            running.values().forEach(RoleProcess::close);
        }
    }

    private static Replay replay(TestModel model) throws IOException {
        try (var log = new BlockLog(CLIENT, model.topic("train"), OffsetRange.ALL)) {
            return new Replay(log.spec()).run(log, (_, _) -> {});
        }
    }

    private static Model version(TestModel model, Replay replay) {
        return Model.of(null, new Publisher(model.spec, "replayed", 0, List.of()).cut(replay.trainer(), 1));
    }

    private static boolean serves(Following follower, Replay replay) {
        var current = follower.current();
        return current != null
                && current.manifest().getExamples() == replay.trainer().examples();
    }

    /// What a feature adds is told of a factorization machine, not of layers.
    private int explained(int port) throws IOException {
        try (var connection = new KeptConnection(port)) {
            var body = "{\"instances\":[" + new String(SomeFlights.instance(flights.getFirst()), UTF_8) + "]}";
            var response = connection.post("/invocations?explain=true", "application/json", body.getBytes(UTF_8));
            if (response.status() != 200) {
                assertThat(response.body())
                        .contains("explain = true does not go with learn.learner.kind = mlp: expected linear or"
                                + " factorization-machine");
            }
            return response.status();
        }
    }

    private List<Float> answers(int port) throws IOException {
        var instances = flights.subList(0, ASKED).stream()
                .map(flight -> new String(SomeFlights.instance(flight), UTF_8))
                .toList();
        try (var connection = new KeptConnection(port)) {
            var body = "{\"instances\":[" + String.join(",", instances) + "]}";
            var response = connection.post("/invocations", "application/json", body.getBytes(UTF_8));
            assertThat(response.status()).as(response.body()).isEqualTo(200);
            return java.util.regex.Pattern.compile("\"score\":([^,}]+)")
                    .matcher(response.body())
                    .results()
                    .map(score -> Float.valueOf(score.group(1)))
                    .toList();
        }
    }

    private List<Float> predictions(TestModel model, Model version) {
        var fields = model.spec.fields();
        var decoder = new JsonDecoder(fields);
        var row = new Row(fields);
        var predictor = new Predictor(model.spec);
        var predictions = new ArrayList<Float>();
        for (var flight : flights.subList(0, ASKED)) {
            var instance = SomeFlights.instance(flight);
            decoder.decode(instance, 0, instance.length, row);
            predictions.add(predictor.predict(row, version)[0]);
        }
        return predictions;
    }
}
