package io.millrace.role;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.event.JsonDecoder;
import io.millrace.event.Row;
import io.millrace.event.Wire;
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
import io.millrace.schema.Manifest;
import io.millrace.schema.VersionRecord;
import io.millrace.serve.ModelServer;
import io.millrace.serve.ServeConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models side by side all the way: learned by a trainer that is killed, the served one chosen, published whole where
/// it
/// changes, followed and served.
class LanesIT {
    private static final Map<String, Object> CLIENT = Map.of("bootstrap.servers", TestBroker.bootstrapServers());
    private static final int KILLS = 6;
    private static final int SLICE = 6_000;
    private static final int ASKED = 500;

    private final List<byte[]> flights = Flights.first((KILLS + 1) * SLICE);

    @TempDir
    Path dir;

    private static String yaml() {
        return TestModel.flights("lanes", "{ every: 50ms, keyframe: 100000 }").replace("learn:\n", """
                        learn:
                          lanes: { learning-rate: [0.000001, 0.002, 0.06], l2: [0, 0.00001] }
                        """);
    }

    @Test
    void survives_kills_and_is_served_with_the_bits_of_a_replay() throws Exception {
        var seed = Long.getLong("millrace.seed", System.nanoTime() & 0xffff);
        System.out.println("LanesIT: -Dmillrace.seed=" + seed);
        try (var model = new TestModel(dir, yaml(), 1, Map.of());
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
            var served = follower.current().manifest();
            assertThat(served.getDigest())
                    .isEqualTo(replay.trainer().versionDigest())
                    .isNotZero();
            assertThat(served.getLane()).isEqualTo(replay.trainer().lane()).isGreaterThanOrEqualTo(4);
            assertThat(served.getMetrics()).isEqualTo(replay.trainer().metrics());
            assertThat(answers(server.port())).isEqualTo(predictions(model, expected));
            assertThat(switches(model)).isNotEmpty().allMatch(manifest -> manifest.getParent() == null);
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

    /// Versions of another lane than the one before them.
    private static List<Manifest> switches(TestModel model) {
        var switches = new ArrayList<Manifest>();
        var lane = 0;
        for (var record : TestBroker.readAll(model.topic("versions"))) {
            if (Wire.decode(VersionRecord.getDecoder(), record.value()).getBody() instanceof Manifest manifest) {
                if (manifest.getLane() != lane) {
                    switches.add(manifest);
                }
                lane = manifest.getLane();
            }
        }
        return switches;
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
