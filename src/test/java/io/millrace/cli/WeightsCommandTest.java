package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.ModelFiles;
import io.millrace.replay.FlightFiles;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightsCommandTest {
    @TempDir
    private Path folder;

    private String events;
    private String model;

    @BeforeEach
    void learn() throws IOException {
        events = FlightFiles.write(folder.resolve("flights.csv"), FlightFiles.rows(2_000, 5))
                .toString();
        model = folder.resolve("model").toString();
        learnInto(model, "linear");
    }

    private void learnInto(String model, String kind) throws IOException {
        var spec = Files.writeString(
                folder.resolve("flights.yaml"),
                SpecReader.resourceText("flights.yaml")
                        .replace("learn:\n", "learn:\n  learner: { kind: " + kind + " }\n"));
        assertThat(Called.millrace("replay", "--spec", spec.toString(), "--out", model, events)
                        .exitCode())
                .isZero();
    }

    private Called weights(String... more) {
        var words = new ArrayList<>(List.of("models", "weights", "--model", model));
        words.addAll(List.of(more));
        return Called.millrace(words.toArray(String[]::new));
    }

    @Test
    void prints_the_largest_by_name() {
        var called = weights("--events", events, "--top", "5");

        assertThat(called.exitCode()).isZero();
        var lines = called.out().lines().toList();
        assertThat(lines).hasSize(7);
        var kept = ModelFiles.read(Path.of(model));
        var sizes = IntStream.range(0, 1 << 18)
                .mapToDouble(cell -> Math.abs(kept.weight(cell)))
                .filter(size -> size != 0)
                .sorted()
                .toArray();
        assertThat(lines.getFirst())
                .matches("main/1, [0-9,]+ examples: 5 of " + String.format(Locale.ROOT, "%,d", sizes.length)
                        + " weights, the largest first");
        for (var i = 0; i < 5; i++) {
            var words = lines.get(1 + i).strip().split(" +", 2);
            assertThat(Math.abs(Double.parseDouble(words[0]))).isCloseTo(sizes[sizes.length - 1 - i], within(1e-6));
            assertThat(words[1])
                    .matches("constant|distance|(origin|destination|hour-of-day\\(date\\)|origin\\*[^=]+)=.+");
        }
        assertThat(lines.getLast()).matches("[0-9,]+ names in 2,000 events, [0-9]+ of them in a cell .*name");
    }

    @Test
    void prints_the_number_of_a_cell_that_no_event_named() {
        var called = weights("--events", events, "--top", "100000", "--max", "1");

        assertThat(called.out()).contains(", which no event named").contains(" names in 1 events, ");
    }

    @Test
    void says_that_names_were_left_out() {
        assertThat(weights("--events", events, "--names", "3").out())
                .contains("3 names in 2,000 events, 0 of them in a cell that has another name; more were left out");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --top=0 | --top = 0 is out of range: expected 1 or more
            main/1 | expected one of VERSION, such as main/41, and --model DIR
            --top=3 | no events were given: expected --events FILE, or --bootstrap-servers HOST:PORT to read flights
            """)
    void refuses_what_makes_no_sense(String argument, String message) {
        var called = weights(argument);

        assertThat(called.exitCode()).isEqualTo(2);
        assertThat(called.err()).contains(message);
    }

    @Test
    void are_none_of_layers() throws IOException {
        model = folder.resolve("layers").toString();
        learnInto(model, "mlp");

        var called = weights("--events", events);

        assertThat(called.exitCode()).isEqualTo(2);
        assertThat(called.out()).isEmpty();
        assertThat(called.err())
                .isEqualTo("models weights does not go with learn.learner.kind = mlp: expected linear or"
                        + " factorization-machine, as layers have no weight that is one feature's\n");
    }
}
