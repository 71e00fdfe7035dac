package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.event.Wire;
import io.millrace.flights.Flights;
import io.millrace.kafka.TestBroker;
import io.millrace.role.GatedRoles;
import io.millrace.role.Progress;
import io.millrace.role.Topics;
import io.millrace.schema.Block;
import io.millrace.schema.Decision;
import io.millrace.schema.DecisionKind;
import io.millrace.schema.TrainRecord;
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
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `millrace candidate`, as a user calls it, beside `millrace run`.
class CandidateCommandIT {
    private static final String SERVERS = TestBroker.bootstrapServers();
    private static final int SLICE = 2_000;
    private static final Pattern EXAMPLES = Pattern.compile("\"examples\" : (\\d+)");
    private static final Pattern DIGEST = Pattern.compile("(?:digest +|\"digest\" : \")([0-9a-f]{16})");

    @TempDir
    Path dir;

    private final List<byte[]> flights = Flights.first(80_000);
    private final List<CliProcess> processes = new ArrayList<>();
    private Path timid;
    private Path bold;
    private Spec spec;
    private int fed;

    @BeforeEach
    void make_a_model() throws IOException {
        var model = TestBroker.unique("candidates");
        var yaml = SpecReader.resourceText("flights.yaml")
                        .replace("model: flight-delays", "model: " + model)
                        .replace("topic: flights", "topic: " + model + ".flights")
                        .replace("every: 500ms", "every: 20ms")
                + "gate: { window: 512 }\n";
        timid = Files.writeString(
                dir.resolve("timid.yaml"), yaml.replace("learning-rate: 0.06", "learning-rate: 0.00001"));
        bold = Files.writeString(dir.resolve("bold.yaml"), yaml);
        spec = SpecReader.read(timid);
        try (var admin = Admin.create(Map.of("bootstrap.servers", SERVERS))) {
            Topics.ensureEvents(admin, spec, 1, Map.of());
        }
    }

    private static String[] words(Path spec, String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--spec", spec.toString(), "--bootstrap-servers", SERVERS));
        return all.toArray(String[]::new);
    }

    private Called call(Path spec, String... words) {
        return Called.millrace(words(spec, words));
    }

    private CliProcess start(Path spec, String... words) throws IOException {
        var all = new ArrayList<>(List.of(words(spec, words)));
        all.addAll(List.of("--state-dir", dir.resolve(words[words.length - 1]).toString()));
        var process = new CliProcess(all);
        processes.add(process);
        return process;
    }

    private CliProcess candidate(String name) throws IOException {
        var process = start(bold, "candidate", "start", name);
        process.awaitMatch(Pattern.compile("running train of"), 60);
        return process;
    }

    /// Sends the next flights, and waits until main's log has them.
    private void feed(int count) {
        TestBroker.produceAll(flights.subList(fed, fed + count).stream()
                .map(event -> new ProducerRecord<byte[], byte[]>(spec.events().topic(), 0, null, event))
                .toList());
        fed += count;
    }

    private List<Decision> decisions() {
        return TestBroker.readAll(spec.topic("decisions")).stream()
                .map(record -> Wire.decode(Decision.getDecoder(), record.value()))
                .toList();
    }

    /// Examples in main's train log.
    private long logged() {
        return TestBroker.readAll(spec.topic("main", "train")).stream()
                .map(record ->
                        Wire.decode(TrainRecord.getDecoder(), record.value()).getBody())
                .filter(Block.class::isInstance)
                .mapToLong(body -> ((Block) body).getCount())
                .sum();
    }

    /// Waits until main's log is whole, and a version of a lineage has learned all of it.
    ///
    /// @return that version, as `models show` prints it
    private String awaitAll(String lineage) {
        Progress.awaitSplit(SERVERS, spec, "main");
        var all = logged();
        return GatedRoles.await(lineage + " has learned " + all)
                .until(
                        () -> call(bold, "models", "show", "--lineage", lineage).out(),
                        shown -> all == Long.parseLong(first(EXAMPLES, shown)));
    }

    private static String first(Pattern pattern, String text) {
        var found = pattern.matcher(text);
        return found.find() ? found.group(1) : "0";
    }

    private static String served(int port) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/invocations"))
                    .header("Content-Type", "application/json")
                    .POST(
                            HttpRequest.BodyPublishers.ofString(
                                    "{\"instances\":[{\"date\":16392498,\"origin\":\"LAS\",\"destination\":\"PHL\",\"distance\":2176}]}"))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString())
                    .headers()
                    .firstValue("x-millrace-model")
                    .orElse("none");
        }
    }

    @Test
    void deletes_nothing_while_no_gate_says_what_serves() {
        try (var admin = Admin.create(Map.of("bootstrap.servers", SERVERS))) {
            Topics.ensure(admin, spec, "second");
        }

        var called = call(timid, "candidate", "delete", "second");

        assertThat(called.exitCode()).isEqualTo(2);
        assertThat(called.err())
                .isEqualTo(
                        "no gate of " + spec.model() + " has judged anything yet: whether second serves is not known.\n"
                                + "  Run one: millrace run --roles gate.\n");
        assertThat(TestBroker.readAll(spec.topic("second", "versions"))).isEmpty();
    }

    @Test
    void a_better_spec_is_promoted_and_takes_over_the_blocks() throws Exception {
        try {
            var main = start(timid, "run", "--roles", "split,train,gate,serve", "--http-port", "0");
            var port = main.awaitPort();
            feed(5 * SLICE);
            awaitAll("main");

            var fresh = candidate("fresh");
            assertThat(fresh.output())
                    .contains("fresh is judged beside main")
                    .contains("fresh learns from the blocks of main");
            while (decisions().stream().noneMatch(each -> each.getKind() == DecisionKind.PROMOTE)) {
                feed(SLICE);
                awaitAll("fresh");
            }
            var promoted = decisions().stream()
                    .filter(each -> each.getKind() == DecisionKind.PROMOTE)
                    .findFirst()
                    .orElseThrow();
            assertThat(promoted.getBy()).isEqualTo("gate");
            assertThat(promoted.getLineage()).isEqualTo("fresh");
            assertThat(call(bold, "models", "verify", Long.toString(promoted.getNumber()))
                            .err())
                    .isEmpty();
            GatedRoles.await("fresh serves")
                    .untilAsserted(() -> assertThat(served(port)).startsWith("fresh/"));

            assertThat(call(bold, "candidate", "stop", "fresh").err())
                    .isEqualTo("the gate refused: fresh serves: promote another lineage first\n");
            assertThat(call(bold, "candidate", "delete", "fresh").err()).startsWith("fresh serves: expected");
            assertThat(call(bold, "candidate", "delete", "main").err()).startsWith("main is judged by the gate of");

            // one that nobody needs
            var second = candidate("second");
            var halted = call(bold, "candidate", "stop", "second", "--by", "anna", "--why", "no better");
            assertThat(halted.err()).isEmpty();
            assertThat(halted.out()).endsWith(": second is stopped; fresh, the newest version, serves\n");
            assertThat(second.await(60)).isZero();
            assertThat(second.output())
                    .containsPattern("train has ended: lineage second was stopped by anna, decision \\d+: no better");
            assertThat(call(bold, "candidate", "delete", "second").out())
                    .contains("deleted " + spec.topic("second", "versions"))
                    .contains("deleted " + spec.topic("second", "train") + "-cells-changelog");
            assertThat(call(bold, "candidate", "delete", "second").exitCode()).isEqualTo(2);

            // the old one learns no longer, but splits on
            assertThat(call(bold, "candidate", "stop", "main").exitCode()).isZero();
            main.awaitMatch(Pattern.compile("train has ended: lineage main was stopped by "), 60);
            assertThat(call(bold, "candidate", "delete", "main").err())
                    .startsWith("fresh learns from the blocks of main: expected");
            var stopped = call(bold, "models", "show", "--lineage", "main").out();
            feed(SLICE);
            awaitAll("fresh");

            // nor after a restart
            main.interrupt();
            assertThat(main.await(60)).isEqualTo(130);
            main = start(timid, "run", "--roles", "split,train,gate");
            main.awaitMatch(Pattern.compile("train does not run: lineage main was stopped by "), 60);
            main.awaitMatch(Pattern.compile("running split, gate of"), 60);
            fresh.interrupt();
            assertThat(fresh.await(60)).isEqualTo(130);
            feed(SLICE);
            candidate("fresh");
            var last = awaitAll("fresh");

            assertThat(call(bold, "models", "show", "--lineage", "main").out()).isEqualTo(stopped);
            var replay = call(bold, "replay", "--lineage", "main");
            assertThat(replay.err()).isEmpty();
            assertThat(first(DIGEST, replay.out())).isEqualTo(first(DIGEST, last));
        } finally {
            for (var process : processes) {
                process.close();
            }
        }
    }
}
