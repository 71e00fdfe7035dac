package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.TestBroker;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The README's "Your own topic in five minutes", step by step as it stands there, on a real broker.
class ReadmeIT {
    @TempDir
    Path dir;

    @Test
    void your_own_topic_in_five_minutes() throws Exception {
        Files.writeString(dir.resolve("clicks.yaml"), Readme.blocks("yaml").getFirst());
        Files.write(dir.resolve("clicks.jsonl"), clicks(2_000));
        var commands = Readme.commands("millrace");
        var run = commands.stream()
                .filter(line -> line.startsWith("millrace run"))
                .findFirst()
                .orElseThrow();
        try (var millrace = new CliProcess(with(
                run, "--http-port", "0", "--state-dir", dir.resolve("state").toString()))) {
            var port = millrace.awaitPort();
            assertThat(execute(find(commands, "millrace produce"))).contains("sent 2,000 events");
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> ask(port).statusCode() == 200);

            assertThat(ask(port).body())
                    .startsWith("{\"predictions\":[{\"score\":0.")
                    .contains("\"model\":\"main/");
            assertThat(execute(find(commands, "millrace consume").replace("--follow", "--follow --max 10"))
                            .lines())
                    .hasSize(10);
            assertThat(execute(find(commands, "millrace models list"))).contains("main/1");
        }
        var replays = commands.stream()
                .filter(line -> line.startsWith("millrace replay"))
                .toList();
        var fromFile = execute(replays.get(0));
        var fromLog = execute(replays.get(1));

        assertThat(digest(fromFile)).isEqualTo(digest(fromLog)).isNotBlank();
    }

    private static String find(List<String> commands, String start) {
        return commands.stream()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow();
    }

    private static String digest(String output) {
        return output.lines()
                .filter(line -> line.contains("digest"))
                .findFirst()
                .orElseThrow();
    }

    private HttpResponse<String> ask(int port) throws IOException, InterruptedException {
        var curl = Readme.arguments(Readme.commands("curl").getLast());
        return Asked.at(port, curl.get(curl.indexOf("-d") + 1));
    }

    private String execute(String line) {
        var out = new StringWriter();
        var err = new StringWriter();

        var code = Main.execute(
                new PrintWriter(out), new PrintWriter(err), with(line).toArray(String[]::new));

        assertThat(code).as("%s\n%s%s", line, out, err).isZero();
        return out.toString();
    }

    /// The arguments of a command of the README on this test's broker and files.
    private List<String> with(String line, String... more) {
        var arguments = new ArrayList<String>();
        for (var word : Readme.arguments(line)) {
            arguments.add(
                    switch (word) {
                        case "localhost:9092" -> TestBroker.bootstrapServers();
                        case "clicks.yaml", "clicks.jsonl" -> dir.resolve(word).toString();
                        default -> word;
                    });
        }
        arguments.addAll(List.of(more));
        return arguments;
    }

    private static List<String> clicks(int count) {
        var random = new Random(7);
        var clicks = new ArrayList<String>();
        for (var id = 0; id < count; id++) {
            clicks.add(("{\"id\": %d, \"user\": \"u%d\", \"at\": \"2026-03-01T12:00:%02dZ\", \"title\": \"red shoes\","
                            + " \"price\": %d, \"clicked\": %d}")
                    .formatted(id, random.nextInt(100), id % 60, random.nextInt(100), random.nextInt(2)));
        }
        return clicks;
    }
}
