package io.millrace.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The spec that ships with Millrace learns from the flights that ship with it, in one pass.
class ShippedSpecTest {
    private static final Spec SPEC = SpecReader.resource("flights.yaml");
    private static final long FLIGHTS = 1_000_000;

    @TempDir
    private Path folder;

    private Path flights = Path.of("");

    @BeforeEach
    void copy() throws IOException {
        flights = folder.resolve("flights.avro");
        try (var bundled = Objects.requireNonNull(getClass().getResourceAsStream("/flights.avro"))) {
            Files.copy(bundled, flights);
        }
    }

    private Replay replay(Spec spec) throws IOException {
        try (var source = new FileSource(spec, List.of(flights), OffsetRange.ALL, Map.of())) {
            return new Replay(spec).run(source, (_, _) -> {});
        }
    }

    @Test
    void predicts_better_than_a_constant_and_than_the_last_label_also_groups_never_learned_from() throws IOException {
        var replay = replay(SPEC);

        assertThat(replay.trainer().examples()).isBetween(FLIGHTS / 2, FLIGHTS);
        assertLearned(replay.trainer().progress().metrics(), 0.435);
        assertLearned(replay.validation(), 0.435);
    }

    @Test
    void predicts_better_with_every_group_in_train() throws IOException {
        var replay = replay(SPEC.withSplit(SPEC.split().withShares(1, 0, 0)));

        assertThat(replay.trainer().examples()).isEqualTo(FLIGHTS);
        assertLearned(replay.trainer().progress().metrics(), 0.43);
    }

    private static void assertLearned(Map<String, Double> metrics, double logLoss) {
        assertThat(metrics.get("log-loss"))
                .isLessThanOrEqualTo(logLoss)
                .isLessThan(metrics.get("log-loss.constant") - 0.05)
                .isLessThan(metrics.get("log-loss.last-label") - 0.05);
    }
}
