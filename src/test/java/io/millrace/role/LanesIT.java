package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.event.Wire;
import io.millrace.kafka.TestBroker;
import io.millrace.model.ChampionFollower;
import io.millrace.schema.Manifest;
import io.millrace.schema.VersionRecord;
import io.millrace.serve.ModelServer;
import io.millrace.serve.ServeConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Models side by side all the way: learned by a trainer that is killed, the served one chosen, published whole where
/// it
/// changes, followed and served.
class LanesIT {
    private static final Map<String, Object> CLIENT = Map.of("bootstrap.servers", TestBroker.bootstrapServers());

    private final UnderKills kills = new UnderKills(4);

    @TempDir
    Path dir;

    private static String yaml(String name, String lanes) {
        return TestModel.flights(name, "{ every: 50ms, keyframe: 100000 }")
                .replace("learn:\n", "learn:\n  lanes: " + lanes + "\n");
    }

    /// Of a grid another lane than the first one is served in the end; of folds the last one always is.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            grid   | { learning-rate: [0.000001, 0.002, 0.06], l2: [0, 0.00001] } | 0
            strata | { folds: 4, by: group, strata: class }                       | 4
            """)
    void survives_kills_and_is_served_with_the_bits_of_a_replay(String name, String lanes, int first) throws Exception {
        var seed = Long.getLong("millrace.seed", System.nanoTime() & 0xffff);
        System.out.println("LanesIT: -Dmillrace.seed=" + seed);
        try (var model = new TestModel(dir, yaml(name, lanes), 1, Map.of());
                var follower = new ChampionFollower(CLIENT, model.spec, TestModel.LINEAGE, _ -> {});
                var server = new ModelServer(
                        ServeConfig.defaults().withPort(0),
                        follower::current,
                        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))) {
            var replay = kills.learn(model, follower, new Random(seed));
            var live = LiveState.of(TestBroker.bootstrapServers(), model.spec, TestModel.LINEAGE);
            var expected = UnderKills.version(model, replay);

            assertThat(live.header().getTrainer()).isEqualTo(replay.trainer().state());
            assertThat(live.digestOfCells())
                    .isEqualTo(replay.trainer().cells().digest())
                    .isNotZero();
            assertThat(live.digest())
                    .isEqualTo(live.header().getDigest())
                    .isEqualTo(replay.trainer().digest());
            var served = follower.current().manifest();
            assertThat(served.getDigest())
                    .isEqualTo(replay.trainer().versionDigest())
                    .isNotZero();
            assertThat(served.getLane()).isEqualTo(replay.trainer().lane()).isGreaterThanOrEqualTo(4);
            assertThat(served.getMetrics()).isEqualTo(replay.trainer().metrics());
            assertThat(kills.answers(server.port())).isEqualTo(kills.predictions(model, expected));
            assertThat(switches(model, first))
                    .allMatch(manifest -> manifest.getParent() == null)
                    .hasSizeGreaterThanOrEqualTo(first == 0 ? 1 : 0)
                    .hasSizeLessThanOrEqualTo(first == 0 ? 6 : 0);
            var groups = replay.trainer().metrics().getOrDefault("folds.groups", 0.0);
            assertThat(live.groups()).isEqualTo(groups.intValue()).isGreaterThanOrEqualTo(first == 0 ? 0 : 2_000);
        }
    }

    /// Versions of another lane than the one before them.
    private static List<Manifest> switches(TestModel model, int first) {
        var switches = new ArrayList<Manifest>();
        var lane = first;
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
}
