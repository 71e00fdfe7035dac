package io.millrace.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({"500ms,500", "0ms,0", "2s,2000", "10m,600000", "1h,3600000", "7d,604800000", "1500ms,1500"})
    void are_written_back_as_they_were_read(String text, long millis) {
        var duration = Durations.parse(text);

        assertThat(duration).isEqualTo(Duration.ofMillis(millis));
        assertThat(Durations.format(duration)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "ms", "-5s", "1.5s", "5 s", "5S", "1h30m", "99999999999s"})
    void are_nothing_else(String text) {
        assertThat(Durations.parse(text)).isNull();
    }

    @Test
    void take_the_largest_unit_that_fits() {
        assertThat(Durations.format(Duration.ofDays(2))).isEqualTo("2d");
    }
}
