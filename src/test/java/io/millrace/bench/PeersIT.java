package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Millrace's progressive losses are those of Vowpal Wabbit and River to five digits: `src/bench/peers.py`, which gets
/// both from PyPI. No broker is in it, so one run is enough.
@Tag("embedded")
class PeersIT {
    private static final String ROWS = "30000";

    /// How a process ended, and what it printed.
    private record Ended(int code, String output) {}

    private static Ended peers(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("python3", "src/bench/peers.py"));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        var process = builder.start();
        try (var output = process.getInputStream()) {
            var text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), text);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Ended install() throws InterruptedException {
        try {
            return peers("--install");
        } catch (IOException none) {
            return new Ended(1, String.valueOf(none.getMessage()));
        }
    }

    @Test
    void have_the_same_losses() throws Exception {
        var installed = install();
        assumeTrue(installed.code == 0, () -> "the peers can't be installed from PyPI: " + last(installed.output));

        var compared = peers("--rows", ROWS);

        assertThat(compared.code).as(compared.output).isZero();
        assertThat(compared.output.lines().map(line -> line.split(" ", 2)[0]))
                .contains("sgd", "adagrad", "ftrl", "normalized-adaptive", "log-loss", "mae", "rmse");
        assertThat(compared.output).doesNotContain("differs");
    }

    private static String last(String output) {
        return output.lines().reduce("", (_, line) -> line);
    }
}
