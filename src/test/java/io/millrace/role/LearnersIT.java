package io.millrace.role;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.kafka.TestBroker;
import io.millrace.model.ChampionFollower;
import io.millrace.serve.ModelServer;
import io.millrace.serve.ServeConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Learners beside the linear one all the way: split, learned by a trainer that is killed, published, followed and
/// served.
class LearnersIT {
    private static final Map<String, Object> CLIENT = Map.of("bootstrap.servers", TestBroker.bootstrapServers());

    private final UnderKills kills = new UnderKills(4);

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
            var replay = kills.learn(model, follower, new Random(seed));
            var live = LiveState.of(TestBroker.bootstrapServers(), model.spec, TestModel.LINEAGE);
            var expected = UnderKills.version(model, replay);

            assertThat(live.header().getTrainer()).isEqualTo(replay.trainer().state());
            assertThat(live.digestOfCells()).isEqualTo(replay.trainer().digest());
            assertThat(follower.current().manifest().getDigest())
                    .isEqualTo(replay.trainer().digest())
                    .isNotZero();
            assertThat(kills.answers(server.port())).isEqualTo(kills.predictions(model, expected));
            assertThat(explained(server.port())).isEqualTo(learner.contains("mlp") ? 400 : 200);
            assertThat(replay.trainer().progress().metrics().get("log-loss"))
                    .isLessThan(replay.trainer().progress().metrics().get("log-loss.constant"));
        }
    }

    /// What a feature adds is told of a factorization machine, not of layers.
    private int explained(int port) throws IOException {
        try (var connection = new KeptConnection(port)) {
            var body = "{\"instances\":[" + new String(SomeFlights.instance(kills.flights.getFirst()), UTF_8) + "]}";
            var response = connection.post("/invocations?explain=true", "application/json", body.getBytes(UTF_8));
            if (response.status() != 200) {
                assertThat(response.body())
                        .contains("explain = true does not go with learn.learner.kind = mlp: expected linear or"
                                + " factorization-machine");
            }
            return response.status();
        }
    }
}
