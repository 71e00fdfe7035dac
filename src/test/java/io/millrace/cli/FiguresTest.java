package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
    @ParameterizedTest
    @CsvSource({"0.94,0.9 s", "75.2,75 s", "720,12 min", "12600,3.5 h"})
    void writes_durations_in_the_unit_that_fits(double seconds, String text) {
        assertThat(Figures.duration(seconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"7.25;7.3/s", "1234567.8;1,234,568/s"})
    void writes_rates_as_fine_as_they_matter(double perSecond, String text) {
        assertThat(Figures.rate(perSecond)).isEqualTo(text);
    }

    @Test
    void writes_counts_in_groups_of_three() {
        assertThat(Figures.count(1_234_567)).isEqualTo("1,234,567");
    }

    @ParameterizedTest
    @CsvSource({"60,60", "1.5,1.5"})
    void writes_whole_numbers_without_a_point(double number, String text) {
        assertThat(Figures.plain(number)).isEqualTo(text);
    }

    @Test
    void writes_digests_with_all_their_digits() {
        assertThat(Figures.digest(0xabcL)).isEqualTo("0000000000000abc");
    }
}
