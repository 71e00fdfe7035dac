package io.millrace.role;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.event.JsonDecoder;
import io.millrace.event.Row;
import io.millrace.flights.Flights;
import io.millrace.kafka.TestBroker;
import io.millrace.model.ChampionFollower;
import io.millrace.model.Following;
import io.millrace.model.Predictor;
import io.millrace.serve.ModelServer;
import io.millrace.serve.ServeConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server swaps its model while it answers: no request fails, and each answer is that of one whole version.
class HotSwapIT {
    private static final int SWAPS = 60;
    private static final int CLIENTS = 2;
    /// Flights a request.
    private static final int INSTANCES = 20;

    private final List<byte[]> flights = Flights.first(200_000);

    @TempDir
    Path dir;

    /// @param first of the flights asked for
    private record Answer(int first, long version, List<Float> scores) {}

    @Test
    void every_answer_is_that_of_one_whole_version_and_none_fails() throws Exception {
        var yaml = TestModel.flights("swap", "{ every: 50ms, keep: 100000 }");
        try (var model = new TestModel(dir, yaml, 1, Map.of());
                var _ = new LiveRoles(TestBroker.bootstrapServers(), model.spec, TestModel.LINEAGE, dir);
                var follower = follower(model);
                var server = new ModelServer(
                        ServeConfig.defaults().withPort(0),
                        follower::current,
                        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))) {
            model.produce(flights.subList(0, 1_000));
            Awaitility.await("first version").atMost(Duration.ofMinutes(1)).until(() -> follower.current() != null);
            var before = follower.swaps();

            var answers = askWhileLearning(model, follower, server.port());

            assertThat(follower.swaps() - before).isGreaterThanOrEqualTo(SWAPS);
            for (var connection : answers) {
                assertThat(connection).extracting(Answer::version).isSorted();
            }
            assertExact(model, answers.stream().flatMap(List::stream).toList());
        }
    }

    /// As `run` serves.
    private static Following follower(TestModel model) {
        return new ChampionFollower(
                Map.of("bootstrap.servers", TestBroker.bootstrapServers()), model.spec, TestModel.LINEAGE, _ -> {});
    }

    /// What each connection was answered.
    private List<List<Answer>> askWhileLearning(TestModel model, Following follower, int port) throws Exception {
        var enough = follower.swaps() + SWAPS;
        try (var clients = Executors.newFixedThreadPool(CLIENTS)) {
            Callable<List<Answer>> client = () -> ask(follower, port, enough);
            var asked = java.util.stream.Stream.generate(() -> client)
                    .limit(CLIENTS)
                    .map(clients::submit)
                    .toList();
            for (var from = 1_000; follower.swaps() < enough; from += 500) {
                model.produce(flights.subList(from % 199_000, from % 199_000 + 500));
            }
            var answers = new ArrayList<List<Answer>>();
            for (var each : asked) {
                answers.add(each.get());
            }
            return answers;
        }
    }

    /// Asks over one connection, one request on the heels of the other, until there were enough swaps.
    private List<Answer> ask(Following follower, int port, long enough) throws Exception {
        var answers = new ArrayList<Answer>();
        try (var connection = new KeptConnection(port)) {
            for (var first = 0; follower.swaps() < enough; first = (first + INSTANCES) % 10_000) {
                var response = connection.post("/invocations", "application/json", body(first));

                assertThat(response.status()).as(response.body()).isEqualTo(200);
                answers.add(answer(first, response));
            }
        }
        return answers;
    }

    private byte[] body(int first) {
        var instances = flights.subList(first, first + INSTANCES).stream()
                .map(flight -> new String(SomeFlights.instance(flight), UTF_8))
                .toList();
        return ("{\"instances\":[" + String.join(",", instances) + "]}").getBytes(UTF_8);
    }

    private static Answer answer(int first, KeptConnection.Response response) {
        var scores = java.util.regex.Pattern.compile("\"score\":([^,}]+)")
                .matcher(response.body())
                .results()
                .map(score -> Float.valueOf(score.group(1)))
                .toList();
        var model = response.header("x-millrace-model");

        assertThat(response.body()).endsWith("\"model\":\"" + model + "\"}");
        assertThat(model).startsWith("main/");
        assertThat(scores).hasSize(INSTANCES);
        return new Answer(first, Long.parseLong(model.substring("main/".length())), scores);
    }

    /// Re-reads every version and predicts anew.
    private void assertExact(TestModel model, List<Answer> answers) {
        var byVersion = answers.stream().collect(groupingBy(Answer::version));
        var fields = model.spec.fields();
        var decoder = new JsonDecoder(fields);
        var row = new Row(fields);
        var predictor = new Predictor(model.spec);
        var seen = new ArrayList<Long>();
        Versions.read(model, version -> {
            for (var answer : byVersion.getOrDefault(version.manifest().getVersion(), List.of())) {
                for (var i = 0; i < INSTANCES; i++) {
                    var instance = SomeFlights.instance(flights.get(answer.first() + i));
                    decoder.decode(instance, 0, instance.length, row);

                    assertThat(answer.scores().get(i))
                            .as(version.name())
                            .isEqualTo(predictor.predict(row, version)[0]);
                }
            }
            seen.add(version.manifest().getVersion());
        });
        assertThat(seen).containsAll(byVersion.keySet());
        assertThat(byVersion).hasSizeGreaterThanOrEqualTo(50);
    }
}
