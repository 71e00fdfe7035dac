package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.feature.Examples;
import io.millrace.kernel.KernelChoice;
import io.millrace.learn.LearnConfig;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import io.millrace.learn.Trainer;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The first of the flights that ship with Millrace; the bench `bits` compares a million.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KernelBitsTest {
    private static final int FLIGHTS = 100_000;
    private static final int CROSSED = 50_000;

    private final KernelBits.Rows rows;
    private final KernelBits.Rows crossed;

    KernelBitsTest() throws IOException {
        rows = KernelBits.Rows.of(FlightFile.bundled(), false, FLIGHTS);
        crossed = KernelBits.Rows.of(FlightFile.bundled(), true, CROSSED);
    }

    Stream<KernelBits.Case> cases() {
        return rows.cases().stream();
    }

    Stream<KernelBits.Case> crossedCases() {
        return crossed.cases().stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void are_the_same_after_real_flights(KernelBits.Case one) {
        assertSame(rows, one, FLIGHTS);
    }

    @ParameterizedTest
    @MethodSource("crossedCases")
    void are_the_same_after_long_rows(KernelBits.Case one) {
        assertThat(crossed.blocks().getFirst().rows[1]).isGreaterThan(32);

        assertSame(crossed, one, CROSSED);
    }

    private static void assertSame(KernelBits.Rows rows, KernelBits.Case one, int flights) {
        var compared = rows.compare(one);

        assertThat(compared.difference()).isEmpty();
        var metrics = compared.scalar().progress().metrics();
        assertThat(compared.scalar().examples()).isEqualTo(flights);
        assertThat(compared.scalar().refused()).isZero();
        assertThat(metrics.get("log-loss")).isLessThan(metrics.get("log-loss.constant"));
    }

    private Trainer learning(double rate) {
        var optimizer = new OptimizerConfig(OptimizerKind.SGD, rate, 0);
        return new Trainer(
                new LearnConfig(LossKind.LOGISTIC, optimizer, 18), rows.spec().numbers(), KernelChoice.SIMD.kernel());
    }

    @Test
    void differ_where_one_learns_otherwise() {
        rows.label(delay -> delay > 15 ? 1 : 0);

        var compared = KernelBits.compare(learning(0.05), learning(0.0500001), rows.blocks());

        assertThat(compared.difference()).contains("the digests differ within the first 100,000 examples");
    }

    @Test
    void differ_where_only_a_counter_does() {
        var refused = new Examples(1);
        refused.begin();
        refused.add(0, Float.NaN);
        refused.end(Float.NaN, 1, 0, 0, 0);
        var other = learning(0.05);
        other.learn(refused);

        var compared = KernelBits.compare(learning(0.05), other, rows.blocks());

        assertThat(compared.difference().orElseThrow()).startsWith("counters, scalers or metrics differ: ");
    }
}
