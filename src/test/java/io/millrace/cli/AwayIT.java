package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.EmbeddedBroker;
import io.millrace.spec.SpecReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A run whose broker goes away and comes back.
@Tag("embedded")
class AwayIT {
    private static final Pattern AWAY = Pattern.compile(
            "events +unknown: the broker at 127\\.0\\.0\\.1:\\d+ does not answer since \\d{4}-\\d\\d-\\d\\dT\\S+Z");

    @TempDir
    private Path folder;

    @Test
    void says_since_when_and_nothing_more() throws Exception {
        var spec = Files.writeString(folder.resolve("flights.yaml"), SpecReader.resourceText("flights.yaml"));
        var data = folder.resolve("broker");
        var broker = EmbeddedBroker.start(data, 0);
        var port = Integer.parseInt(broker.bootstrapServers().split(":", -1)[1]);
        try (var run = new CliProcess(List.of(
                "run",
                "--spec",
                spec.toString(),
                "--http-port",
                "0",
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--state-dir",
                folder.resolve("state").toString()))) {
            run.awaitMatch(Pattern.compile("events +0, 0 waiting"), 240);

            broker.close();
            run.awaitMatch(AWAY, 240);
            broker = EmbeddedBroker.start(data, port);
            run.awaitMatch(Pattern.compile("(?s)" + AWAY + ".*events +0, 0 waiting"), 240);

            assertThat(run.output()).doesNotContain("NetworkClient", "Exception");
            run.interrupt();
            assertThat(run.await(240)).as(run.output()).isEqualTo(130);
        } finally {
            broker.close();
        }
    }
}
