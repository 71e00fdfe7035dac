package io.millrace.event;

import static io.millrace.event.Events.FLIGHT;
import static io.millrace.event.Events.LATE;
import static io.millrace.event.Events.avro;
import static io.millrace.event.Events.decode;
import static io.millrace.event.Events.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.event.EventsConfig.Format;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventReadingTest {
    private static final Fields FIELDS = fields("date", "origin", "delay");
    private static final TimeConfig MINUTES =
            new TimeConfig("date", TimeConfig.Unit.MINUTES, Optional.of(Duration.ofHours(2)));

    @Nested
    class A_label {
        @ParameterizedTest
        @CsvSource({"16, 1", "15.1, 1", "15, 0", "-3, 0", "15.0, 0", "1e15, 1"})
        void above_a_bound_is_a_class(String delay, float label) {
            var reading = json(OptionalDouble.of(15), List.of(), Optional.empty());

            assertThat(reading.label(row(reading, delay))).isEqualTo(label);
        }

        @ParameterizedTest
        @CsvSource({"16, 16", "-2.5, -2.5", "0.1, 0.1"})
        void without_a_bound_is_the_number(String delay, float label) {
            var reading = json(OptionalDouble.empty(), List.of(), Optional.empty());

            assertThat(reading.label(row(reading, delay))).isEqualTo(label);
        }

        @Test
        void that_is_missing_is_NaN() {
            var reading = json(OptionalDouble.of(15), List.of(), Optional.empty());

            assertThat(reading.label(row(reading, "null"))).isNaN();
        }

        @ParameterizedTest
        @CsvSource({
            "\"late\", delay = \"late\" is not a number",
            "\"33\", delay = \"33\" is not a number",
            "\"NaN\", delay = \"NaN\" is not a number",
            "true, delay = true is not a number",
            "1e400, delay = Infinity is not a finite number",
            "-1e400, delay = -Infinity is not a finite number",
            "1e30, delay = 1.0E30 is out of range: expected -1e15 to 1e15"
        })
        void that_is_no_number_is_a_bad_event_with_and_without_a_bound(String delay, String message) {
            for (var above : List.of(OptionalDouble.of(15), OptionalDouble.empty())) {
                var reading = json(above, List.of(), Optional.empty());
                var row = row(reading, delay);

                assertThatThrownBy(() -> reading.label(row))
                        .isInstanceOf(BadEvent.class)
                        .hasMessage(message);
            }
        }
    }

    @Nested
    class A_time {
        @Test
        void is_that_of_the_event() {
            var reading = json(OptionalDouble.empty(), List.of(), Optional.of(MINUTES));

            assertThat(reading.time(row(reading, "1"), 0)).isEqualTo(16_305_121L * 60_000);
        }

        @Test
        void may_be_any_time_before_that_of_the_record_and_little_after() {
            var reading = json(OptionalDouble.empty(), List.of(), Optional.of(MINUTES));
            var time = 16_305_121L * 60_000;

            assertThat(reading.time(row(reading, "1"), time + (1L << 40))).isEqualTo(time);
            assertThat(reading.time(row(reading, "1"), time - 7_200_000)).isEqualTo(time);
            assertThat(reading.time(row(reading, "1"), -1)).isEqualTo(time); // nobody knows
            assertThatThrownBy(() -> reading.time(row(reading, "1"), time - 7_200_001))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage(
                            "date = 16305121 is 2001-01-01T00:01:00Z: expected no later than"
                                    + " 2001-01-01T00:00:59.999Z, which is events.time.ahead after the timestamp of its record");
        }

        @Test
        void that_may_not_be_told_is_not() {
            var fields = FIELDS.redacting(Set.of("date"));
            var config = new EventsConfig(
                    "flights",
                    Format.JSON,
                    Optional.empty(),
                    List.of(),
                    Optional.of(MINUTES),
                    Optional.of(List.of("date")));
            var reading = new EventReading(config, new LabelConfig("delay", OptionalDouble.empty()), null, fields);
            var row = decode(reading.decoder(), fields, "{\"date\": 16305121}");

            assertThatThrownBy(() -> reading.time(row, 1))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("date = (redacted): expected no later than 1970-01-01T02:00:00.001Z, which is"
                            + " events.time.ahead after the timestamp of its record");
        }

        @Test
        void may_be_any_where_an_old_log_has_no_bound() {
            var unbounded = new TimeConfig("date", TimeConfig.Unit.MINUTES, Optional.empty());
            var reading = json(OptionalDouble.empty(), List.of(), Optional.of(unbounded));

            assertThat(reading.time(row(reading, "1"), 5)).isEqualTo(16_305_121L * 60_000);
        }

        @Test
        void is_that_of_the_record_where_the_spec_names_none() {
            var reading = json(OptionalDouble.empty(), List.of(), Optional.empty());

            assertThat(reading.time(row(reading, "1"), 5)).isEqualTo(5);
        }

        @Test
        void is_0_where_neither_event_nor_record_has_one() {
            var reading = json(OptionalDouble.empty(), List.of(), Optional.empty());

            assertThat(reading.time(row(reading, "1"), -1)).isZero();
        }

        @Test
        void that_is_missing_is_a_bad_event() {
            var reading = json(OptionalDouble.empty(), List.of(), Optional.of(MINUTES));
            var row = decode(reading.decoder(), FIELDS, "{}");

            assertThatThrownBy(() -> reading.time(row, 5))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("date is missing: expected a time");
        }
    }

    @Nested
    class An_id {
        @Test
        void is_its_fields() {
            var reading = json(OptionalDouble.empty(), List.of("origin", "delay", "date"), Optional.empty());

            assertThat(reading.id(row(reading, "null"), "flights", 3, 7)).isEqualTo("Zürich//16305121");
        }

        @Test
        void is_where_the_event_stands_without_fields() {
            var reading = json(OptionalDouble.empty(), List.of(), Optional.empty());

            assertThat(reading.id(row(reading, "1"), "flights", 3, 7)).isEqualTo("flights-3-7");
        }
    }

    @Nested
    class A_decoder {
        @Test
        void is_that_of_the_format() {
            var reading = new EventReading(
                    new EventsConfig(
                            "flights",
                            Format.AVRO,
                            Optional.of("flight.avsc"),
                            List.of(),
                            Optional.empty(),
                            Optional.empty()),
                    new LabelConfig("delay", OptionalDouble.empty()),
                    FLIGHT,
                    FIELDS);

            var row = decode(reading.decoder(), FIELDS, avro(FLIGHT, LATE));

            assertThat(reading.label(row)).isEqualTo(33);
        }

        @Test
        void may_be_another_for_a_file() {
            var reading = json(OptionalDouble.of(15), List.of("date"), Optional.of(MINUTES))
                    .by(new CsvDecoder(List.of("origin", "date", "delay"), FIELDS, (String) null));

            var row = decode(reading.decoder(), FIELDS, "LAS,16305121,33");

            assertThat(reading.label(row)).isEqualTo(1);
            assertThat(reading.time(row, 0)).isEqualTo(16_305_121L * 60_000);
            assertThat(reading.id(row, "flights", 0, 0)).isEqualTo("16305121");
        }

        @Test
        void of_Avro_needs_a_schema() {
            var events = new EventsConfig(
                    "e", Format.AVRO, Optional.of("e.avsc"), List.of(), Optional.empty(), Optional.empty());
            var label = new LabelConfig("delay", OptionalDouble.empty());

            assertThatThrownBy(() -> new EventReading(events, label, null, FIELDS))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("events.schema is missing: expected the text of an Avro schema");
        }
    }

    @Nested
    class A_class {
        private final Fields fields = new Fields(List.of("kind"));
        private final EventReading reading = new EventReading(
                new EventsConfig("t", Format.JSON, Optional.empty(), List.of(), Optional.empty(), Optional.empty()),
                new LabelConfig("kind", OptionalDouble.empty(), Optional.of(List.of("cat", "3", "true", "é"))),
                null,
                fields);

        @ParameterizedTest
        @CsvSource({"cat, 0", "3, 1", "true, 2", "é, 3"})
        void is_known_by_its_place(String text, float label) {
            assertThat(reading.label(decode(reading.decoder(), fields, "{\"kind\": \"" + text + "\"}")))
                    .isEqualTo(label);
        }

        @Test
        void may_be_a_number_or_a_truth() {
            assertThat(reading.label(decode(reading.decoder(), fields, "{\"kind\": 3}")))
                    .isEqualTo(1);
            assertThat(reading.label(decode(reading.decoder(), fields, "{\"kind\": true}")))
                    .isEqualTo(2);
        }

        @Test
        void that_nobody_named_is_a_bad_event() {
            var row = decode(reading.decoder(), fields, "{\"kind\": \"cats\"}");

            assertThatThrownBy(() -> reading.label(row))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("kind = \"cats\" is no class: expected one of cat, 3, true, é");
        }

        @Test
        void that_is_missing_is_no_label() {
            assertThat(reading.label(decode(reading.decoder(), fields, "{}"))).isNaN();
        }
    }

    private static EventReading json(OptionalDouble above, List<String> id, Optional<TimeConfig> time) {
        return new EventReading(
                new EventsConfig("flights", Format.JSON, Optional.empty(), id, time, Optional.empty()),
                new LabelConfig("delay", above),
                null,
                FIELDS);
    }

    private static Row row(EventReading reading, String delay) {
        return decode(
                reading.decoder(), FIELDS, "{\"date\": 16305121, \"origin\": \"Zürich\", \"delay\": " + delay + "}");
    }
}
