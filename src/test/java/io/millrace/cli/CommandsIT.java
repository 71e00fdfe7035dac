package io.millrace.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.kafka.TestBroker;
import io.millrace.replay.FlightFiles;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsIT {
    private static final int EVENTS = 5_000;

    @TempDir
    private Path folder;

    private final String model = TestBroker.unique("commands");
    private final String topic = model + "-flights";
    private String spec;
    private String file;

    @BeforeEach
    void write_files() throws IOException {
        var yaml = SpecReader.resourceText("flights.yaml")
                .replace("model: flight-delays", "model: " + model)
                .replace("topic: flights", "topic: " + topic);
        spec = Files.writeString(folder.resolve("flights.yaml"), yaml).toString();
        file = FlightFiles.write(folder.resolve("flights.csv"), FlightFiles.rows(EVENTS, 6))
                .toString();
    }

    /// Calls a command about the model and the broker of these tests.
    private Called millrace(String... words) {
        return Called.millrace(about(words));
    }

    /// The same of one that must succeed.
    private Called done(String... words) {
        var called = millrace(words);
        assertThat(called.exitCode()).as(called.err()).isZero();
        return called;
    }

    private String[] about(String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--spec", spec, "--bootstrap-servers", TestBroker.bootstrapServers()));
        return all.toArray(String[]::new);
    }

    @Nested
    class Topics {
        @Test
        void are_made_once() {
            var first = done("topics", "create", "--partitions", "3");
            var second = done("topics", "create");

            assertThat(first.out().lines().collect(toSet()))
                    .containsExactlyInAnyOrder(
                            "made " + topic,
                            "made " + model + ".main.train",
                            "made " + model + ".main.validation",
                            "made " + model + ".main.test",
                            "made " + model + ".main.versions",
                            "made " + model + ".main.metrics",
                            "made " + model + ".main.ledger",
                            "made " + model + ".dead-letters",
                            "made " + model + ".predictions",
                            "made " + model + ".champion",
                            "made " + model + ".main.kept",
                            "made " + model + ".gate",
                            "made " + model + ".commands",
                            "made " + model + ".decisions",
                            "made " + model + ".judgements");
            assertThat(second.out()).isEqualTo("all topics are there\n");
        }

        @Test
        void are_described() {
            done("topics", "create", "--partitions", "3");

            var described = done("topics", "describe");

            assertThat(described.out()).containsPattern("(?m)^" + topic + " +3 +0 +0$");
            assertThat(described.out()).containsPattern("(?m)^" + model + ".main.train +1 +0 +0  .*retention.ms=-1$");
        }

        @Test
        void are_described_as_missing_before_they_are_made() {
            assertThat(done("topics", "describe").out()).containsPattern("(?m)^" + model + ".main.train +missing$");
        }

        @Test
        void are_refused_with_more_partitions_than_order_allows() {
            TestBroker.createTopic(model + ".main.train", 2, Map.of());

            var called = millrace("topics", "create");

            assertThat(called.exitCode()).isEqualTo(2);
            assertThat(called.err())
                    .isEqualTo("topic " + model
                            + ".main.train has 2 partitions: expected 1, as the order of its records is the truth\n"
                            + "  Delete it if nothing in it is needed, or choose another --lineage.\n");
        }
    }

    @Nested
    class Producing {
        private List<String> sent() {
            return TestBroker.readAll(topic).stream()
                    .map(record -> java.util.HexFormat.of().formatHex(record.value()))
                    .toList();
        }

        @Test
        void goes_on_where_it_was_cut_off() {
            done("produce", file, "--max", "1500");
            done("produce", file, "--resume");
            var resumed = sent();
            var again = done("produce", file, "--resume");

            assertThat(again.out()).startsWith("sent 0 events in ").endsWith(", up to row 5000 of the file\n");
            assertThat(sent()).isEqualTo(resumed).hasSize(EVENTS).doesNotHaveDuplicates();
        }

        @Test
        void does_not_resume_what_it_can_not_have_sent() throws IOException {
            done("produce", file);
            var shorter = FlightFiles.write(folder.resolve("shorter.csv"), FlightFiles.rows(10, 6));

            var called = millrace("produce", shorter.toString(), "--resume");

            assertThat(called.exitCode()).isEqualTo(2);
            assertThat(called.err())
                    .isEqualTo(
                            "the topic has 5000 events and the file 10 rows: expected a topic that only this file fills\n");
        }

        @Test
        void is_refused_before_anything_is_made_where_the_file_lacks_a_field() throws IOException {
            var lacking = Files.writeString(folder.resolve("lacking.csv"), "date,delay,distance,origin\n1,2,3,LAS\n");

            var called = millrace("produce", lacking.toString());

            assertThat(called.exitCode()).isEqualTo(2);
            assertThat(called.err())
                    .isEqualTo("file " + lacking
                            + ": field destination has no column: expected one of [date, delay, distance, origin]\n");
            assertThat(done("topics", "describe").out()).containsPattern("(?m)^" + topic + " +missing$");
        }

        @Test
        void is_refused_where_a_file_for_json_lacks_a_field_but_the_label() throws IOException {
            spec = Files.writeString(
                            folder.resolve("json.yaml"),
                            SpecReader.resourceText("flights.yaml")
                                    .replace("model: flight-delays", "model: " + model)
                                    .replace("topic: flights", "topic: " + topic)
                                    .replace("format: avro", "format: json")
                                    .replaceAll(" +schema:.*\n", ""))
                    .toString();
            var unlabelled = Files.writeString(
                    folder.resolve("unlabelled.csv"), "date,distance,origin,destination\n1,3,LAS,PHL\n");
            var lacking = Files.writeString(folder.resolve("lacking.csv"), "date,delay,distance,origin\n1,2,3,LAS\n");

            var called = millrace("produce", lacking.toString());

            assertThat(called.exitCode()).isEqualTo(2);
            assertThat(called.err())
                    .isEqualTo("file " + lacking
                            + ": field destination has no column: expected one of [date, delay, distance, origin],"
                            + " or --rename COLUMN=destination\n");
            spec = spec.replace("json.yaml", "unlabelled.yaml");
            Files.writeString(
                    Path.of(spec),
                    Files.readString(folder.resolve("json.yaml"))
                            .replace(
                                    "id: [date, origin, destination, distance, delay]",
                                    "id: [date, origin, destination]"));
            assertThat(done("produce", unlabelled.toString()).out()).startsWith("sent 1 events in ");
        }

        @Test
        void leaves_no_copy_of_the_flights_behind() throws IOException {
            var before = copies();

            done("produce", "--max", "10");

            assertThat(copies()).isSubsetOf(before);
            assertThat(sent()).hasSize(10);
        }

        private static Set<Path> copies() throws IOException {
            try (var all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
                return all.filter(path -> path.getFileName().toString().startsWith("millrace-flights"))
                        .collect(toSet());
            }
        }

        @Test
        void does_not_resume_into_several_partitions() {
            done("topics", "create", "--partitions", "2");

            var called = millrace("produce", file, "--resume");

            assertThat(called.exitCode()).isEqualTo(2);
            assertThat(called.err())
                    .isEqualTo("--resume: topic " + topic
                            + " has 2 partitions: expected 1, as its end tells how many rows were sent\n");
        }
    }

    @Nested
    class A_run {
        @Test
        void makes_only_the_topics_of_its_roles() throws Exception {
            try (var run = new CliProcess(List.of(about("run", "--roles", "serve", "--http-port", "0")))) {
                run.awaitPort();
                var described = done("topics", "describe").out();

                assertThat(described
                                .lines()
                                .filter(line -> line.startsWith(model) && !line.endsWith("missing"))
                                .map(line -> line.split(" ", 2)[0]))
                        .containsExactlyInAnyOrder(model + ".main.versions", model + ".main.kept", model + ".champion");
            }
        }

        @Test
        void learns_scores_and_gives_the_answers_of_its_replay() throws Exception {
            done("produce", file);
            TestBroker.produceAll(List.of(new ProducerRecord<>(topic, "\u0001no flight".getBytes(US_ASCII))));
            var learned = Called.millrace("replay", "--spec", spec, file);

            try (var run = new CliProcess(List.of(about(
                    "run",
                    "--http-port",
                    "0",
                    "--state-dir",
                    folder.resolve("state").toString())))) {
                var port = run.awaitPort();
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> millrace("models", "show").out().contains(digest(learned)));
                var consumed = done("consume", "--follow", "--max", Integer.toString(EVENTS));
                assertThat(scores(port)).isEqualTo(scoresOfReplay()).contains("score");
                var rejected = done("consume", "--dead-letters", "--follow", "--max", "1");
                run.awaitMatch(Pattern.compile("0 waiting, 1 rejected "), 60);
                run.interrupt();

                assertThat(rejected.out()).matches("\\S+Z  " + topic + "-0-5000  .+  \\\\x01no flight\n");
                assertThat(run.await(60)).as(run.output()).isEqualTo(130);
                assertThat(run.output()).endsWith("\nstopped").doesNotContain("WARN");
                assertThat(consumed.out().lines())
                        .hasSize(EVENTS)
                        .allMatch(
                                line -> line.matches(
                                        "2001-01-\\d\\dT\\d\\d:\\d\\d:00Z  0\\.\\d{5}  main/\\d+  \\d+/[A-Z]{3}/[A-Z]{3}/\\d+/-?\\d+"));
            }

            var replayed = done("replay");
            assertThat(digest(replayed)).isEqualTo(digest(learned));
            assertThat(digest(done("replay", "--read", "events"))).isEqualTo(digest(learned));
            assertThat(done("models", "list").out()).startsWith("version ").containsPattern("(?m)^main/1 +keyframe ");
        }

        /// What a server answers with a model that was replayed from the log to files.
        private String scoresOfReplay() throws Exception {
            var model = folder.resolve("model").toString();
            done("replay", "--out", model);
            try (var serve = new CliProcess(List.of("serve", "--model", model, "--http-port", "0"))) {
                var scores = scores(serve.awaitPort());
                serve.interrupt();

                assertThat(serve.await(60)).as(serve.output()).isEqualTo(130);
                return scores;
            }
        }

        private static String scores(int port) throws Exception {
            var instances = """
                    {"instances": [
                      {"date": 16392498, "origin": "LAS", "destination": "PHL", "distance": 2176},
                      {"date": 16305121, "origin": "ANC", "destination": "BOS", "distance": 300},
                      {"date": 16305999, "origin": "nowhere", "destination": "SFO"}]}""";
            var answer = Asked.at(port, instances);
            assertThat(answer.statusCode()).isEqualTo(200);
            return answer.body().substring(0, answer.body().indexOf("\"model\""));
        }

        private static String digest(Called replay) {
            return replay.out()
                    .lines()
                    .filter(line -> line.startsWith("digest"))
                    .map(line -> line.substring("digest".length()).strip())
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Nested
    class A_model_without_versions {
        @Test
        void has_nothing_to_show() {
            done("topics", "create");

            var called = millrace("models", "show");

            assertThat(called.exitCode()).isEqualTo(2);
            assertThat(called.err())
                    .isEqualTo("there is no version yet: expected one, a second after the first example\n");
        }

        @Test
        void has_no_topic_before_it_is_made() {
            var called = millrace("consume");

            assertThat(called.exitCode()).isEqualTo(2);
            assertThat(called.err())
                    .isEqualTo("topic " + model
                            + ".predictions does not exist: expected one that the roles of this spec write\n");
        }
    }

    @Nested
    class A_broker_that_does_not_answer {
        @Test
        void fails_every_command_that_needs_one() {
            var commands = List.of(
                    "run --http-port 0",
                    "replay",
                    "produce",
                    "consume",
                    "models list",
                    "models show",
                    "topics create",
                    "topics describe");

            var calls = commands.stream()
                    .map(command -> {
                        var words = new ArrayList<>(List.of(command.split(" ", -1)));
                        words.addAll(List.of("--spec", spec, "--bootstrap-servers", "127.0.0.1:1"));
                        return CompletableFuture.supplyAsync(
                                () -> Called.millrace(words.toArray(String[]::new)),
                                runnable -> Thread.ofVirtual().start(runnable));
                    })
                    .toList();

            assertThat(calls).extracting(CompletableFuture::join).allSatisfy(called -> {
                assertThat(called.exitCode()).isEqualTo(1);
                assertThat(called.err())
                        .isEqualTo(
                                "bootstrap.servers = 127.0.0.1:1 does not answer within 15 s: expected a Kafka broker\n");
            });
        }
    }
}
