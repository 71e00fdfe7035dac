package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.flights.Flights;
import io.millrace.kafka.TestBroker;
import io.millrace.role.Flipped;
import io.millrace.role.GatedRoles;
import io.millrace.role.RoleSettings;
import io.millrace.role.Topics;
import io.millrace.role.TrainRole;
import io.millrace.schema.ChampionMode;
import io.millrace.schema.Command;
import io.millrace.schema.CommandKind;
import io.millrace.schema.Decision;
import io.millrace.schema.DecisionKind;
import io.millrace.serve.ModelServer;
import io.millrace.serve.ServeConfig;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Operators pin, roll back and resume while clients ask without pause: no request fails, and the gate undoes nothing.
class OperatorsIT {
    private static final int STEP = 2_000;
    private static final String ASK =
            "{\"instances\":[{\"date\":16392498,\"origin\":\"LAS\",\"destination\":\"PHL\",\"distance\":2176}]}";

    @TempDir
    Path dir;

    private final List<byte[]> flights = Flights.first(60_000);
    private Spec spec;

    @BeforeEach
    void make_a_model() throws IOException {
        var model = TestBroker.unique("operated");
        spec = SpecReader.read(Files.writeString(
                dir.resolve("spec.yaml"),
                SpecReader.resourceText("flights.yaml")
                                .replace("model: flight-delays", "model: " + model)
                                .replace("topic: flights", "topic: " + model + ".flights")
                                .replace("every: 500ms", "every: 10ms")
                        + "gate: { window: 512 }\n"));
        try (var admin = Admin.create(Map.of("bootstrap.servers", TestBroker.bootstrapServers()))) {
            Topics.ensureEvents(admin, spec, 1, Map.of());
        }
    }

    private Called models(String... words) {
        var all = new ArrayList<>(List.of("models"));
        all.addAll(List.of(words));
        all.addAll(List.of("--spec", dir.resolve("spec.yaml").toString()));
        all.addAll(List.of("--bootstrap-servers", TestBroker.bootstrapServers()));
        return Called.millrace(all.toArray(String[]::new));
    }

    private Called operate(String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--by", "anna", "--why", "as I say"));
        return models(all.toArray(String[]::new));
    }

    /// A lineage that learns the same blocks, and then main again.
    private void promoteAndBack(Load load) {
        Map<String, Object> client = Map.of("bootstrap.servers", TestBroker.bootstrapServers());
        try (var admin = Admin.create(client)) {
            Topics.ensure(admin, spec, "other", Set.of("versions", "kept", "metrics"));
        }
        // it learns alike, so the gate finds neither better
        var candidate = Command.newBuilder()
                .setId("other")
                .setKind(CommandKind.CANDIDATE)
                .setLineage("other")
                .setBlocks("main")
                .setSpec(spec.toJson())
                .setBy("anna")
                .setWhy("to see")
                .build();
        GatedRoles.send(spec, candidate);
        var settings =
                RoleSettings.of(client, "other", dir, new SimpleMeterRegistry()).withBlocks("main");
        try (var other = new TrainRole(spec, settings)) {
            other.start();
            // committed, as the gate reads it: the trainer itself knows of it before
            GatedRoles.await("a version of other")
                    .until(() ->
                            !TestBroker.readAll(spec.topic("other", "versions")).isEmpty());

            var promoted = operate("promote", "other");
            assertThat(promoted.err()).isEmpty();
            assertThat(promoted.out()).endsWith(": other, the newest version, serves\n");
            GatedRoles.await("other answers")
                    .until(() -> load.versions().getLast().startsWith("other/"));
            assertThat(operate("promote", "main").out()).endsWith(": main, the newest version, serves\n");
            GatedRoles.await("main answers again")
                    .until(() -> load.versions().getLast().startsWith("main/"));
        }
    }

    private static void awaitServing(GatedRoles roles, String version) {
        GatedRoles.await(version + " serves")
                .untilAsserted(() -> assertThat(
                                Objects.requireNonNull(roles.serving.current()).name())
                        .isEqualTo(version));
    }

    @Test
    void are_obeyed_under_load_and_never_undone() throws Exception {
        try (var roles = new GatedRoles(spec, dir);
                var server = new ModelServer(
                        ServeConfig.defaults().withPort(0),
                        roles.serving::current,
                        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))) {
            var at = 0;
            for (; at < 12_000; at += STEP) {
                roles.learn(flights.subList(at, at + STEP));
            }
            var first =
                    Objects.requireNonNull(roles.serving.current()).manifest().getVersion();
            try (var load = new Load(server.port())) {
                roles.learn(flights.subList(at, at + STEP));
                at += STEP;

                var pinned = operate("pin", "main/" + first);
                assertThat(pinned.err()).isEmpty();
                assertThat(pinned.exitCode()).isZero();
                assertThat(pinned.out()).endsWith(": main/" + first + " serves, pinned by anna\n");
                awaitServing(roles, "main/" + first);
                assertThat(models("list", "--last", "1000").out())
                        .containsOnlyOnce("  serving")
                        .containsPattern("(?m)^main/" + first + " .*  serving, pinned by anna$");

                // the newest get bad: no reason to undo what an operator wants, nor to serve them
                var flipped = new Flipped(spec);
                for (var i = 0; i < 5; i++, at += STEP) {
                    roles.learn(flipped.trainGroups(flights.subList(at, at + STEP)));
                }
                assertThat(roles.champion().getMode()).isEqualTo(ChampionMode.PINNED);
                awaitServing(roles, "main/" + first);

                var rolledBack = operate("rollback");
                assertThat(rolledBack.exitCode()).isZero();
                assertThat(roles.champion().getMode()).isEqualTo(ChampionMode.PINNED);
                awaitServing(roles, "main/" + roles.champion().getVersion());

                assertThat(operate("resume").out()).endsWith(": main, the newest version, serves\n");
                GatedRoles.await("the newest serves")
                        .untilAsserted(() -> assertThat(Objects.requireNonNull(roles.serving.current())
                                        .manifest()
                                        .getVersion())
                                .isGreaterThan(first));
                assertThat(models("list").out()).containsOnlyOnce("  serving").endsWith("  serving\n");

                var unknown = operate("pin", "main/999999");
                assertThat(unknown.exitCode()).isEqualTo(2);
                assertThat(unknown.err())
                        .startsWith(
                                "the gate refused: main/999999 is neither in the versions topic nor kept: `millrace models list` shows what is");
                var nobody = operate("promote", "nobody");
                assertThat(nobody.exitCode()).isEqualTo(2);
                assertThat(nobody.err()).contains("lineage nobody is not there");
                assertThat(operate("promote", "main/1").err()).startsWith("LINEAGE = main/1 is no name: expected");
                var nonsense = operate("pin", "newest");
                assertThat(nonsense.exitCode()).isEqualTo(2);
                assertThat(nonsense.err()).startsWith("VERSION = newest is no version: expected");

                assertDiff(roles, "main/" + first);
                promoteAndBack(load);

                assertThat(load.failures()).isEmpty();
                assertThat(load.versions()).contains("main/" + first);
            }
            var decisions = roles.decisions();
            assertThat(decisions)
                    .extracting(Decision::getKind)
                    .contains(DecisionKind.ANCHOR, DecisionKind.PIN, DecisionKind.ROLLBACK, DecisionKind.RESUME)
                    .doesNotContain(DecisionKind.TRIP);
            assertThat(models("decisions").out())
                    .contains("pin; main/" + first + " serves, pinned by anna")
                    .containsPattern("anchor main/\\d+; main, the newest version, serves")
                    .contains("by anna: as I say");
            for (var decision : decisions) {
                var verified = models("verify", Long.toString(decision.getNumber()));
                assertThat(verified.err()).isEmpty();
                assertThat(verified.exitCode()).isZero();
                assertThat(verified.out()).contains(decision.getEvidence() == null ? "no evidence" : "agrees");
            }
        }
    }

    private void assertDiff(GatedRoles roles, String first) {
        var newest = Objects.requireNonNull(roles.serving.current()).name();
        var diff = models("diff", first, newest);
        assertThat(diff.err()).isEmpty();
        assertThat(diff.exitCode()).isZero();
        assertThat(diff.out())
                .contains(first, newest, "log-loss")
                .containsPattern("weights: [1-9][0-9,]* differ, by ")
                .endsWith("spec: the same\n");
        assertThat(models("diff", first, first).out()).contains("weights: 0 differ");
        assertThat(models("show", first).out()).contains("\"version\" : " + first.substring("main/".length()));

        var gone = models("diff", first, "main/999999");
        assertThat(gone.exitCode()).isNotZero();
        assertThat(gone.err()).contains("999999");
        assertThat(models("diff", "7", first).err())
                .startsWith("VERSION = 7 names no lineage: expected one such as main/7");
        assertWeights(first);
    }

    /// By the names that the events topic tells.
    private void assertWeights(String version) {
        var weights = models("weights", version, "--top", "10", "--max", "5000");
        assertThat(weights.err()).isEmpty();
        assertThat(weights.exitCode()).isZero();
        assertThat(weights.out())
                .startsWith(version + ", ")
                .contains(": 10 of ")
                .containsPattern("(?m)^ +-?[0-9.]+  (origin|destination|hour-of-day\\(date\\)|constant|distance)")
                .containsPattern("names in 5,000 events, ");
    }

    /// A client that asks on one connection, one request on the heels of the other.
    private static final class Load implements AutoCloseable {
        private final AtomicBoolean over = new AtomicBoolean();
        private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<String> versions = new ConcurrentLinkedQueue<>();
        private final Thread thread;

        Load(int port) {
            thread = Thread.ofPlatform().start(() -> ask(URI.create("http://localhost:" + port + "/invocations")));
        }

        private void ask(URI uri) {
            try (var client = HttpClient.newHttpClient()) {
                var request = HttpRequest.newBuilder(uri)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(ASK))
                        .build();
                while (!over.get()) {
                    var response = client.send(request, HttpResponse.BodyHandlers.ofString());
                    if (response.statusCode() == 200) {
                        versions.add(response.headers()
                                .firstValue("x-millrace-model")
                                .orElseThrow());
                    } else {
                        failures.add(response.statusCode() + " " + response.body());
                    }
                }
            } catch (IOException | InterruptedException e) {
                failures.add(e.toString());
            }
        }

        List<String> failures() {
            return List.copyOf(failures);
        }

        List<String> versions() {
            return List.copyOf(versions);
        }

        @Override
        public void close() {
            over.set(true);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
