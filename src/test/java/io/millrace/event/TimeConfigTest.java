package io.millrace.event;

import static io.millrace.event.TimeConfig.Unit.DAYS;
import static io.millrace.event.TimeConfig.Unit.ISO_8601;
import static io.millrace.event.TimeConfig.Unit.MILLISECONDS;
import static io.millrace.event.TimeConfig.Unit.MINUTES;
import static io.millrace.event.TimeConfig.Unit.NANOSECONDS;
import static io.millrace.event.TimeConfig.Unit.SECONDS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.format.DateTimeFormatter.ISO_LOCAL_DATE_TIME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.Seed;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeConfigTest {
    private final Row row = new Row(Events.fields("date"));

    @Nested
    class A_count {
        @ParameterizedTest
        @CsvSource({
            "NANOSECONDS, 978309660123456789, 978309660123",
            "NANOSECONDS, -1, -1",
            "NANOSECONDS, -9223372036854775808, -9223372036855",
            "MICROSECONDS, 978309660123456, 978309660123",
            "MILLISECONDS, 978309660123, 978309660123",
            "MILLISECONDS, -5, -5",
            "SECONDS, 978309660, 978309660000",
            "MINUTES, 16305161, 978309660000",
            "HOURS, 271752, 978307200000",
            "DAYS, 11323, 978307200000",
            "DAYS, -719162, -62135596800000",
        })
        void becomes_milliseconds(TimeConfig.Unit unit, long count, long millis) {
            row.setLong(0, count);

            assertThat(unit.millis(row, 0)).isEqualTo(millis);
        }

        @Test
        void with_a_fraction_is_rounded_down() {
            row.setDouble(0, 978309660.1239);
            assertThat(SECONDS.millis(row, 0)).isEqualTo(978309660123L);

            row.setDouble(0, -0.0001);
            assertThat(SECONDS.millis(row, 0)).isEqualTo(-1);
        }

        @ParameterizedTest
        @CsvSource({
            "MINUTES, 978309660000",
            "DAYS, 9223372036854775807",
            "MILLISECONDS, -62135596800001",
            "MILLISECONDS, 253402300800000",
            "MICROSECONDS, 9223372036854775807"
        })
        void beyond_the_years_1_to_9999_is_a_bad_event(TimeConfig.Unit unit, long count) {
            row.setLong(0, count);

            assertThatThrownBy(() -> unit.millis(row, 0))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("date = " + count + " is no time in "
                            + unit.name().toLowerCase(java.util.Locale.ROOT) + ": expected one in the years 1 to 9999");
        }

        @ParameterizedTest
        @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 1e30})
        void that_is_no_time_is_a_bad_event(double count) {
            row.setDouble(0, count);

            assertThatThrownBy(() -> DAYS.millis(row, 0))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("date = " + count + " is no time in days: expected one in the years 1 to 9999");
        }

        @Test
        void may_be_text_without_a_type() {
            var bytes = "16305161".getBytes(UTF_8);
            row.setCell(0, bytes, 0, bytes.length);

            assertThat(MINUTES.millis(row, 0)).isEqualTo(978309660000L);
        }

        @Test
        void that_is_missing_is_a_bad_event() {
            assertThatThrownBy(() -> NANOSECONDS.millis(row, 0))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("date is missing: expected a time");
        }
    }

    @Nested
    class ISO_text {
        @ParameterizedTest
        @CsvSource({
            "2001-01-01, 2001-01-01T00:00:00Z",
            "2001-01-01T00:41, 2001-01-01T00:41:00Z",
            "2001-01-01 00:41:30, 2001-01-01T00:41:30Z",
            "2001-01-01t00:41:30z, 2001-01-01T00:41:30Z",
            "2001-01-01T00:41:30.5, 2001-01-01T00:41:30.500Z",
            "2001-01-01T00:41:30.123456789Z, 2001-01-01T00:41:30.123Z",
            "'2001-01-01T00:41:30,25Z', 2001-01-01T00:41:30.250Z",
            "2001-01-01T00:41:30+02:00, 2000-12-31T22:41:30Z",
            "2001-01-01T00:41-0530, 2001-01-01T06:11:00Z",
            "2001-01-01T00:41+02, 2000-12-31T22:41:00Z",
            "2000-02-29T00:00Z, 2000-02-29T00:00:00Z",
            "0001-01-01T00:00Z, 0001-01-01T00:00:00Z",
        })
        void becomes_milliseconds(String text, String instant) {
            assertThat(millis(text)).isEqualTo(Instant.parse(instant).toEpochMilli());
        }

        @Test
        void of_any_time_is_read_as_Java_does() {
            var random = Seed.random();
            for (int i = 0; i < 100_000; i++) {
                var time = Instant.ofEpochMilli(random.nextLong(-62_100_000_000_000L, 253_400_000_000_000L))
                        .atOffset(ZoneOffset.ofTotalSeconds(60 * random.nextInt(-1080, 1081)));
                var text = ISO_LOCAL_DATE_TIME.format(time) + time.getOffset();

                assertThat(millis(text))
                        .as(text)
                        .isEqualTo(OffsetDateTime.parse(text).toInstant().toEpochMilli());
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "2001",
                    "2001-1-1",
                    "20010101",
                    "0000-01-01",
                    "2001-13-01",
                    "2001-02-29",
                    "1900-02-29",
                    "2001-04-31",
                    "2001-01-01T",
                    "2001-01-01T24:00",
                    "2001-01-01T00:60",
                    "2001-01-01T00:41:60",
                    "2001-01-01T00:41:3",
                    "2001-01-01T00:41:30.",
                    "2001-01-01T00:41:30 Z",
                    "2001-01-01T00:41Z+01:00",
                    "2001-01-01T00:41+19:00",
                    "2001-01-01T00:41+1:00",
                    "2001-01-01T00:41+01:60",
                    "2001-01-01T00:41+01x00",
                    "2001/01/01",
                    "2001-01-01X00:41",
                    "2001-0a-01"
                })
        void that_is_no_time_is_a_bad_event(String text) {
            assertThatThrownBy(() -> millis(text))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("date = \"" + text + "\" is no ISO 8601 time: expected one like 2001-01-01T05:01:00Z");
        }

        @Test
        void is_never_a_number() {
            row.setLong(0, 978309660);

            assertThatThrownBy(() -> ISO_8601.millis(row, 0))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("date = 978309660 is no ISO 8601 time: expected one like 2001-01-01T05:01:00Z");
        }

        private long millis(String text) {
            var bytes = ("9" + text + "9").getBytes(UTF_8);
            row.setText(0, bytes, 1, bytes.length - 2);
            return ISO_8601.millis(row, 0);
        }
    }

    @Nested
    class Milliseconds {
        @ParameterizedTest
        @ValueSource(longs = {0, 1, -1, 978309660123L})
        void stay_what_they_are(long millis) {
            row.setLong(0, millis);

            assertThat(MILLISECONDS.millis(row, 0)).isEqualTo(millis);
        }
    }
}
