package io.millrace.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.event.EventsConfig.Format;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventsConfigTest {
    @Nested
    class A_topic {
        @ParameterizedTest
        @ValueSource(strings = {"flights", "a", "A.b_c-9", "...", ".a"})
        void has_a_name_that_Kafka_takes(String topic) {
            assertThat(json(topic, List.of()).topic()).isEqualTo(topic);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", ".", "..", "a b", "flüge", "a/b", "a\n"})
        void with_another_name_is_refused(String topic) {
            assertThatThrownBy(() -> json(topic, List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("events.topic = " + BadEvent.quote(topic)
                            + " is no topic name: expected 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-'");
        }

        @Test
        void is_no_longer_than_Kafka_takes() {
            assertThat(json("a".repeat(249), List.of()).topic()).hasSize(249);
            assertThatThrownBy(() -> json("a".repeat(250), List.of())).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Nested
    class Avro {
        @Test
        void needs_a_schema() {
            assertThatThrownBy(() -> new EventsConfig(
                            "t", Format.AVRO, Optional.empty(), List.of(), Optional.empty(), Optional.empty()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("events.schema is missing: expected the path of the Avro schema");
        }

        @Test
        void needs_a_schema_with_a_name() {
            assertThatThrownBy(() -> new EventsConfig(
                            "t", Format.AVRO, Optional.of(" "), List.of(), Optional.empty(), Optional.empty()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("events.schema is empty: expected the path of an Avro schema");
        }
    }

    @Nested
    class An_id {
        @Test
        void names_a_field_once() {
            assertThatThrownBy(() -> json("t", List.of("date", "date")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "events.id = [date, date] is no list of fields: " + "expected each name once, none empty");
        }
    }

    @Nested
    class A_label {
        @Test
        void has_a_field() {
            assertThatThrownBy(() -> new LabelConfig("", OptionalDouble.empty()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("label.field is empty: expected the name of a field");
        }

        @ParameterizedTest
        @ValueSource(doubles = {Double.NaN, Double.NEGATIVE_INFINITY, 1e16})
        void has_a_bound_that_labels_can_pass(double above) {
            assertThatThrownBy(() -> new LabelConfig("delay", OptionalDouble.of(above)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("label.above = " + above + " is out of range: expected -1e15 to 1e15");
        }
    }

    @Nested
    class Fields_of_a_spec {
        @Test
        void have_slots_in_their_order() {
            var fields = Events.fields("b", "a");

            assertThat(fields.slot("b")).isZero();
            assertThat(fields.slot("a")).isEqualTo(1);
            assertThat(fields.slot("c")).isEqualTo(-1);
        }

        @Test
        void are_named_once() {
            assertThatThrownBy(() -> Events.fields("a", "a"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("field a is listed twice");
        }
    }

    private static EventsConfig json(String topic, List<String> id) {
        return new EventsConfig(topic, Format.JSON, Optional.empty(), id, Optional.empty(), Optional.empty());
    }
}
