package io.millrace.event;

import static io.millrace.event.Events.text;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowTest {
    private final Row row = new Row(Events.fields("other", "delay"));

    @Nested
    class Canonical_text {
        @ParameterizedTest
        @ValueSource(longs = {0, -1, 9, 10, -10, 2176, Long.MAX_VALUE, Long.MIN_VALUE})
        void of_a_whole_number_is_decimal(long value) {
            row.setLong(1, value);

            assertThat(text(row, 1)).isEqualTo(Long.toString(value));
        }

        @ParameterizedTest
        @CsvSource({
            "3.0, 3",
            "-0.0, 0",
            "1e3, 1000",
            "9007199254740993, 9007199254740992",
            "0.1, 0.1",
            "-2.5e-7, -2.5E-7",
            "1e19, 1.0E19",
            "9223372036854775807, 9.223372036854775807E18",
            "NaN, NaN",
            "-Infinity, -Infinity"
        })
        void of_a_double_is_decimal_if_it_is_whole(double value, String text) {
            row.setDouble(1, value);

            assertThat(text(row, 1)).isEqualTo(text.startsWith("9.22") ? Double.toString(value) : text);
        }

        @ParameterizedTest
        @CsvSource({"0.1, 0.1", "3.0, 3", "1.0E-5, 1.0E-5"})
        void of_a_float_is_as_short_as_the_float(float value, String text) {
            row.setFloat(1, value);

            assertThat(text(row, 1)).isEqualTo(text);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void of_a_truth_value_is_its_word(boolean value) {
            row.setBoolean(1, value);

            assertThat(text(row, 1)).isEqualTo(Boolean.toString(value));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "LAS", "Zürich", "東京", "🚀", "007"})
        void of_text_is_its_UTF_8(String value) {
            setText(value);

            assertThat(text(row, 1)).isEqualTo(value);
        }

        @Test
        void of_one_field_is_not_that_of_another() {
            row.setLong(0, 1234);
            row.setLong(1, 5678);

            assertThat(Events.texts(row)).containsExactly("1234", "5678");
        }

        @Test
        void of_a_missing_field_is_refused() {
            row.setLong(1, 5);
            row.clear();

            assertThatThrownBy(() -> row.text(1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("delay is missing and has no text");
        }
    }

    @Nested
    class A_number {
        @ParameterizedTest
        @ValueSource(doubles = {0, 33, -0.5, 1e15, -1e15})
        void is_any_within_bounds(double value) {
            row.setDouble(1, value);

            assertThat(row.number(1)).isEqualTo(value);
        }

        @ParameterizedTest
        @CsvSource({
            "NaN, delay = NaN is not a finite number",
            "Infinity, delay = Infinity is not a finite number",
            "-Infinity, delay = -Infinity is not a finite number",
            "1e30, delay = 1.0E30 is out of range: expected -1e15 to 1e15",
            "-1000000000000001, delay = -1.000000000000001E15 is out of range: expected -1e15 to 1e15"
        })
        void beyond_bounds_is_a_bad_event(double value, String message) {
            row.setDouble(1, value);

            assertThatThrownBy(() -> row.number(1)).isInstanceOf(BadEvent.class).hasMessage(message);
        }

        @Test
        void is_never_text_that_has_a_type() {
            setText("33");

            assertThatThrownBy(() -> row.number(1))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("delay = \"33\" is not a number");
        }

        @Test
        void is_never_a_truth_value() {
            row.setBoolean(1, true);

            assertThatThrownBy(() -> row.number(1))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("delay = true is not a number");
        }

        @Test
        void is_never_missing() {
            assertThatThrownBy(() -> row.number(1)).isInstanceOf(BadEvent.class).hasMessage("delay is missing");
        }
    }

    @Nested
    class Text_without_a_type {
        @ParameterizedTest
        @CsvSource({
            "33, 33, 33",
            "-0, 0, 0",
            "3.0, 3, 3",
            "1.50, 1.5, 1.5",
            "1e3, 1000, 1000",
            "007, 7, 007",
            "+5, 5, +5",
            ".5, 0.5, .5",
            "5., 5, 5."
        })
        void that_is_a_number_counts_as_one(String cell, double number, String text) {
            setCell(cell);

            assertThat(row.number(1)).isEqualTo(number);
            assertThat(text(row, 1)).isEqualTo(text);
        }

        @ParameterizedTest
        @ValueSource(strings = {"LAS", "NaN", "Infinity", "1e", "0x10", "1d", "1,5", "--1", " 1", "-", "1e30x"})
        void that_is_none_stays_text(String cell) {
            setCell(cell);

            assertThat(text(row, 1)).isEqualTo(cell);
            assertThatThrownBy(() -> row.number(1))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("delay = \"" + cell + "\" is not a number");
        }
    }

    @Nested
    class Text {
        @Test
        void of_too_many_bytes_is_a_bad_event() {
            assertThatThrownBy(() -> setText("x".repeat(Row.LONGEST_TEXT + 1)))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("delay is a text of 65537 bytes: expected at most 65536");
        }

        @Test
        void that_is_no_UTF_8_is_a_bad_event() {
            var latin1 = "Zürich".getBytes(ISO_8859_1);

            assertThatThrownBy(() -> row.setText(1, latin1, 0, latin1.length))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("delay = \"Z\\ufffdrich\" is not UTF-8");
        }
    }

    private void setText(String text) {
        var bytes = ("«" + text + "»").getBytes(UTF_8);
        row.setText(1, bytes, 2, bytes.length - 4);
    }

    private void setCell(String text) {
        var bytes = ("«" + text + "»").getBytes(UTF_8);
        row.setCell(1, bytes, 2, bytes.length - 4);
    }
}
