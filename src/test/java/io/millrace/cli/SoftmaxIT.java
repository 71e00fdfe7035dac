package io.millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.event.Wire;
import io.millrace.kafka.TestBroker;
import io.millrace.replay.BlockLog;
import io.millrace.replay.OffsetRange;
import io.millrace.replay.Replay;
import io.millrace.role.GatedRoles;
import io.millrace.role.RoleSettings;
import io.millrace.role.ScoreRole;
import io.millrace.role.Topics;
import io.millrace.schema.DeadLetter;
import io.millrace.schema.Prediction;
import io.millrace.serve.ModelServer;
import io.millrace.serve.ServeConfig;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// Classes by name, all the way: split, learned, judged, served, scored and evaluated.
class SoftmaxIT {
    private static final Map<String, Object> CLIENT = Map.of("bootstrap.servers", TestBroker.bootstrapServers());
    private static final List<String> KINDS = List.of("bus", "car", "tram");
    private static final int STEP = 4_000;

    @TempDir
    private Path dir;

    private final Random random = new Random(5);
    private int made;

    private Spec spec(String learner) throws IOException {
        var model = TestBroker.unique("kinds");
        var spec = SpecReader.read(Files.writeString(dir.resolve("kinds.yaml"), """
                model: %s
                events: { topic: %s-events, format: json, id: [id], time: { field: at, unit: seconds } }
                split: { group: [street] }
                label: { field: kind, classes: [bus, car, tram] }
                features:
                  - { category: colour }
                  - { number: wheels }
                learn: { loss: softmax, learner: %s, optimizer: { kind: adagrad, learning-rate: 0.2 } }
                publish: { every: 10ms }
                gate: { window: 512, anchor: 1h }
                """.formatted(model, model, learner)));
        try (var admin = Admin.create(CLIENT)) {
            Topics.ensureEvents(admin, spec, 1, Map.of());
        }
        return spec;
    }

    private List<byte[]> vehicles(int count) {
        var vehicles = new ArrayList<byte[]>();
        for (var i = 0; i < count; i++) {
            vehicles.add(vehicle(KINDS.get(random.nextInt(3))).getBytes(UTF_8));
        }
        return vehicles;
    }

    /// Its colour mostly, its wheels a little, say what it is.
    private String vehicle(String kind) {
        var colour = random.nextInt(10) < 7 ? KINDS.indexOf(kind) : random.nextInt(3);
        var wheels = kind.equals("tram") ? 8 + random.nextInt(5) : 4 + random.nextInt(3);
        return "{\"id\":%d,\"at\":%d,\"street\":%d,\"kind\":\"%s\",\"colour\":\"c%d\",\"wheels\":%d}"
                .formatted(made, 1_000_000_000 + made++, random.nextInt(400), kind, colour, wheels);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{ kind: linear }", "{ kind: mlp, embedding: 8, layers: [16], batch: 8 }"})
    void are_learned_judged_served_and_scored(String learner) throws Exception {
        try (var roles = new GatedRoles(spec(learner), dir);
                var score = new ScoreRole(roles.spec, RoleSettings.of(CLIENT, "main", dir, new SimpleMeterRegistry()));
                var server = new ModelServer(
                        ServeConfig.defaults().withPort(0),
                        roles.serving::current,
                        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))) {
            for (var step = 0; step < 4; step++) {
                roles.learn(vehicles(STEP));
            }
            score.start();
            var more = vehicles(STEP);
            more.set(7, vehicle("bike").getBytes(UTF_8));
            roles.learn(more);

            assertDeadLetter(roles.spec);
            var replay = replay(roles.spec);
            GatedRoles.await("all is served")
                    .untilAsserted(() -> assertThat(Objects.requireNonNull(roles.serving.current())
                                    .manifest()
                                    .getDigest())
                            .isEqualTo(replay.trainer().digest()));
            assertServed(server.port());
            assertScored(roles.spec);
            assertJudged(roles);
            assertEvaluated(roles);
            var learned = replay.trainer().progress().metrics();
            assertThat(learned.get("log-loss")).isLessThan(0.8 * learned.get("log-loss.constant"));
        }
    }

    private static void assertDeadLetter(Spec spec) {
        GatedRoles.await("the dead letter")
                .untilAsserted(() -> assertThat(TestBroker.readAll(spec.topic("dead-letters")))
                        .singleElement()
                        .satisfies(record -> assertThat(Wire.decode(DeadLetter.getDecoder(), record.value())
                                        .getReason())
                                .isEqualTo("kind = \"bike\" is no class: expected one of bus, car, tram")));
    }

    private static Replay replay(Spec spec) throws IOException {
        try (var log = new BlockLog(CLIENT, spec.topic("main", "train"), OffsetRange.ALL)) {
            return new Replay(log.spec()).run(log, (_, _) -> {});
        }
    }

    private static void assertServed(int port) throws Exception {
        var asked = "{\"instances\":[{\"colour\":\"c2\",\"wheels\":10},{\"colour\":\"c0\",\"wheels\":4}]}";
        try (var client = HttpClient.newHttpClient()) {
            var answer = new JsonMapper()
                    .readTree(client.send(
                                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/invocations"))
                                            .header("Content-Type", "application/json")
                                            .POST(HttpRequest.BodyPublishers.ofString(asked))
                                            .build(),
                                    BodyHandlers.ofString())
                            .body());

            assertThat(answer.at("/predictions/0/predicted_label").stringValue())
                    .isEqualTo("tram");
            assertThat(answer.at("/predictions/1/predicted_label").stringValue())
                    .isEqualTo("bus");
            assertThat(answer.at("/predictions/0/score").size()).isEqualTo(3);
        }
    }

    private void assertScored(Spec spec) {
        GatedRoles.await("predictions")
                .untilAsserted(() -> assertThat(TestBroker.readAll(spec.topic("predictions")))
                        .hasSizeGreaterThanOrEqualTo(STEP - 1));
        var predictions = TestBroker.readAll(spec.topic("predictions")).stream()
                .map(record -> Wire.decode(Prediction.getDecoder(), record.value()))
                .toList();
        assertThat(predictions).allSatisfy(prediction -> {
            var scores = prediction.getScores();
            assertThat(scores).hasSize(3);
            assertThat(prediction.getScore())
                    .isEqualTo(scores.stream().max(Double::compare).orElseThrow());
            assertThat(prediction.getLabel()).isEqualTo(KINDS.get(scores.indexOf(prediction.getScore())));
        });
        var shown = millrace("consume", "--spec", "SPEC", "--max", "3");
        assertThat(shown.out().lines())
                .allMatch(line -> line.matches(".*  [01]\\.\\d{5}  (bus|car|tram)  main/\\d+  \\d+"));
    }

    private void assertJudged(GatedRoles roles) {
        var proven = roles.decisions().stream()
                .filter(decision -> decision.getEvidence() != null)
                .toList();
        assertThat(proven).isNotEmpty();
        var verified =
                millrace("models", "verify", Long.toString(proven.getLast().getNumber()), "--spec", "SPEC");
        assertThat(verified.err()).isEmpty();
        assertThat(verified.out()).contains("every figure agrees", "every bit agrees");
    }

    private void assertEvaluated(GatedRoles roles) {
        var told = millrace(
                "evaluate",
                "--spec",
                "SPEC",
                "--split",
                "validation",
                "main/"
                        + Objects.requireNonNull(roles.serving.current())
                                .manifest()
                                .getVersion());

        assertThat(told.err()).isEmpty();
        assertThat(told.out()).contains("log-loss").contains("accuracy").contains("brier");
    }

    private Called millrace(String... words) {
        var all = new ArrayList<>(List.of(words));
        all.replaceAll(word -> word.equals("SPEC") ? dir.resolve("kinds.yaml").toString() : word);
        all.addAll(List.of("--bootstrap-servers", TestBroker.bootstrapServers()));
        return Called.millrace(all.toArray(String[]::new));
    }
}
