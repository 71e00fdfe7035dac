package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.event.EventFile;
import io.millrace.event.Fields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The first command of the README as a user lives through it: on all flights that ship, killed while it catches up,
/// interrupted after it, started again.
@Tag("embedded")
class DemoIT {
    private static final long PATIENCE_S = 240;
    private static final int FLIGHTS = 1_000_000;
    private static final Pattern SOME_EVENTS = Pattern.compile("events +[1-9][\\d,]*, ");
    private static final Pattern SERVER = Pattern.compile("server +http://localhost:(\\d+)");
    private static final Pattern BROKER = Pattern.compile("broker +(\\S+), data in ");
    private static final Pattern ALREADY = Pattern.compile("events +([\\d,]+) flights are in the topic already");
    private static final Pattern CAUGHT_UP = Pattern.compile("Caught up\\.");
    private static final Pattern QUESTION = Pattern.compile("-d '([^']+)'");
    private static final Pattern ALL_SENT = Pattern.compile("All flights are in\\.");
    private static final Pattern ANSWER = Pattern.compile(
            "\\{\"predictions\":\\[\\{\"score\":(0\\.\\d+),\"predicted_label\":[01]}],\"model\":\"(main/\\d+)\"}");

    @TempDir
    private Path folder;

    private final List<CliProcess> demos = new ArrayList<>();

    /// What the demos said, where the test fails or takes too long.
    @RegisterExtension
    private final AfterTestExecutionCallback outputs = test -> {
        if (test.getExecutionException().isPresent()) {
            demos.forEach(demo -> System.err.printf("A demo said:%n%s%n", demo.output()));
        }
    };

    @Test
    void learns_all_flights_and_sends_each_once_whatever_ends_it() throws Exception {
        String pinned;
        try (var first = demo()) {
            first.awaitMatch(SOME_EVENTS, PATIENCE_S);
            first.kill();
        }

        try (var second = demo("--speed", "1000000")) {
            var port = Integer.parseInt(second.awaitMatch(SERVER, PATIENCE_S).group(1));
            assertThat(count(second.awaitMatch(ALREADY, PATIENCE_S).group(1))).isBetween(1, FLIGHTS);
            var models = askUntilCaughtUp(second, port);
            assertThat(models).hasSizeGreaterThanOrEqualTo(2);
            second.awaitMatch(ALL_SENT, PATIENCE_S);
            pinned = pinLast(models, second.awaitMatch(BROKER, 1).group(1));
            second.interrupt();

            assertThat(second.await(60)).as(second.output()).isEqualTo(130);
            assertThat(second.output()).endsWith("\nstopped");
        }

        try (var third = demo()) {
            // though what serves has not learned the last day
            third.awaitMatch(CAUGHT_UP, PATIENCE_S);
            assertThat(third.output()).contains("serving   " + pinned + ", ").contains(" old, pinned");
            var port = Integer.parseInt(third.awaitMatch(SERVER, 1).group(1));
            var question = third.awaitMatch(QUESTION, PATIENCE_S).group(1);
            var answer = Asked.at(port, question);
            var servers = third.awaitMatch(BROKER, 1).group(1);

            assertThat(count(third.awaitMatch(ALREADY, 1).group(1))).isEqualTo(FLIGHTS);
            assertThat(question).contains("\"origin\": \"LAS\", \"destination\": \"PHL\"");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).matches(ANSWER).contains(pinned);
            assertIsTheFile(servers);
            assertThat(digestOfNewest(servers)).isEqualTo(digestOfReplay());
            third.interrupt();
            assertThat(third.await(60)).as(third.output()).isEqualTo(130);
        }
    }

    private CliProcess demo(String... more) throws IOException {
        var arguments = new ArrayList<>(List.of("demo", "--port", "0", "--http-port", "0"));
        arguments.addAll(List.of(more));
        var demo = new CliProcess(folder, arguments);
        demos.add(demo);
        return demo;
    }

    private static int count(String figure) {
        return Integer.parseInt(figure.replace(",", ""));
    }

    /// Asks for LAS→PHL without pause.
    ///
    /// @return the versions that answered
    /// @throws IllegalStateException if it ends, or does not catch up in time
    private static Set<String> askUntilCaughtUp(CliProcess demo, int port) throws Exception {
        var models = new HashSet<String>();
        var since = System.nanoTime();
        while (!CAUGHT_UP.matcher(demo.output()).find()) {
            if (!demo.isAlive() || System.nanoTime() - since > TimeUnit.SECONDS.toNanos(PATIENCE_S)) {
                throw new IllegalStateException(
                        "not caught up in " + PATIENCE_S + " s; alive: " + demo.isAlive() + ", answered by " + models);
            }
            var answer = Asked.at(
                    port,
                    "{\"instances\": [{\"date\": 16392498, \"origin\": \"LAS\", \"destination\": \"PHL\", \"distance\": 2176}]}");
            if (answer.statusCode() == 503) {
                assertThat(models).as("versions before there was none").isEmpty();
                continue;
            }
            var body = ANSWER.matcher(answer.body());
            assertThat(body.matches()).as(answer.body()).isTrue();
            assertThat(Double.parseDouble(body.group(1))).isBetween(0.0, 1.0);
            models.add(body.group(2));
        }
        return models;
    }

    /// Pins the last of some versions.
    private String pinLast(Set<String> versions, String servers) throws IOException {
        var last = versions.stream()
                .max(Comparator.comparingLong(version -> Long.parseLong(version.substring(version.indexOf('/') + 1))))
                .orElseThrow();
        var pin = Called.millrace(
                "models", "pin", last, "--why", "to see", "--spec", spec(), "--bootstrap-servers", servers);
        assertThat(pin.exitCode()).as(pin.err()).isZero();
        return last;
    }

    /// Reads the events topic beside the file that the demo sends: record by record the same, to the end of both.
    private void assertIsTheFile(String servers) throws IOException {
        var partition = new TopicPartition("flights", 0);
        Map<String, Object> config = Map.of("bootstrap.servers", servers, "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                var file = EventFile.open(data().resolve("flights.avro"), new Fields(List.of()), null, Map.of())) {
            consumer.assign(List.of(partition));
            var end = consumer.endOffsets(List.of(partition)).get(partition);
            var rows = 0;
            while (consumer.position(partition) < end) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    var value = record.value();
                    if (!file.next()
                            || !Arrays.equals(
                                    value,
                                    0,
                                    value.length,
                                    file.bytes(),
                                    file.offset(),
                                    file.offset() + file.length())) {
                        throw new AssertionError("offset " + record.offset() + " is not row " + rows + " of the file");
                    }
                    rows++;
                }
            }
            assertThat(rows).isEqualTo(FLIGHTS);
            assertThat(file.next()).isFalse();
        }
    }

    private Path data() {
        return folder.resolve("millrace-data");
    }

    private String spec() throws IOException {
        var text = Called.millrace("spec", "--example").out();
        return Files.writeString(folder.resolve("flights.yaml"), text).toString();
    }

    private String digestOfNewest(String servers) throws IOException {
        var shown = Called.millrace("models", "show", "--spec", spec(), "--bootstrap-servers", servers);
        return first("\"digest\" : \"([0-9a-f]{16})\"", shown);
    }

    private String digestOfReplay() throws IOException {
        var replayed = Called.millrace(
                "replay", "--spec", spec(), data().resolve("flights.avro").toString());
        return first("digest +([0-9a-f]{16})", replayed);
    }

    private static String first(String pattern, Called called) {
        var found = Pattern.compile(pattern).matcher(called.out());
        assertThat(found.find()).as("%s%s", called.out(), called.err()).isTrue();
        return found.group(1);
    }
}
