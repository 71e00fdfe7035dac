package io.millrace.event;

import static io.millrace.event.Events.FLIGHT;
import static io.millrace.event.Events.LATE;
import static io.millrace.event.Events.avro;
import static io.millrace.event.Events.decode;
import static io.millrace.event.Events.fields;
import static io.millrace.event.Events.record;
import static io.millrace.event.Events.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AvroDecoderTest {
    private static final Fields FIELDS = fields("delay", "origin", "date");

    @Nested
    class An_event {
        @Test
        void gives_the_named_fields_and_no_others() {
            var row = decode(new AvroDecoder(FLIGHT, FIELDS), FIELDS, avro(FLIGHT, LATE));

            assertThat(texts(row)).containsExactly("33", "LAS", "16305121");
            assertThat(row.number(0)).isEqualTo(33);
        }

        @Test
        void leaves_nothing_of_the_one_before() {
            var decoder = new AvroDecoder(FLIGHT, FIELDS);
            var row = decode(decoder, FIELDS, avro(FLIGHT, LATE));
            var unlabelled = avro(FLIGHT, Map.of("date", 1L, "origin", "", "destination", "PHL", "distance", 1));

            decoder.decode(unlabelled, 0, unlabelled.length, row);

            assertThat(texts(row)).containsExactly(null, "", "1");
        }

        @ParameterizedTest
        @ValueSource(longs = {0, -1, 63, 64, -64, -65, 1 << 20, Long.MAX_VALUE, Long.MIN_VALUE})
        void holds_numbers_of_any_length(long value) {
            var schema = record("{\"name\": \"date\", \"type\": \"long\"}");
            var fields = fields("date");

            var row = decode(new AvroDecoder(schema, fields), fields, avro(schema, Map.of("date", value)));

            assertThat(texts(row)).containsExactly(Long.toString(value));
        }

        @Test
        void holds_values_of_every_type() {
            var schema = record("""
                    {"name": "int", "type": "int"},
                    {"name": "float", "type": "float"},
                    {"name": "double", "type": "double"},
                    {"name": "boolean", "type": ["boolean", "null"]},
                    {"name": "bytes", "type": "bytes"},
                    {"name": "enum", "type": {"type": "enum", "name": "E", "symbols": ["A", "BC"]}},
                    {"name": "union", "type": ["null", "string", "double", "long"]}
                    """);
            var symbol = new GenericData.EnumSymbol(
                    new Schema.Parser().parse("{\"type\": \"enum\", \"name\": \"E\", \"symbols\": [\"A\", \"BC\"]}"),
                    "BC");
            var fields = fields("int", "float", "double", "boolean", "bytes", "enum", "union");
            var event = avro(
                    schema,
                    Map.of(
                            "int",
                            -7,
                            "float",
                            0.1f,
                            "double",
                            2.5,
                            "boolean",
                            true,
                            "bytes",
                            ByteBuffer.wrap(new byte[] {'x'}),
                            "enum",
                            symbol,
                            "union",
                            1.5));

            var row = decode(new AvroDecoder(schema, fields), fields, event);

            assertThat(texts(row)).containsExactly("-7", "0.1", "2.5", "true", "x", "BC", "1.5");
        }
    }

    @Nested
    class Other_fields {
        private static final String NESTED = record("""
                {"name": "null", "type": "null"},
                {"name": "fixed", "type": {"type": "fixed", "name": "F", "size": 3}},
                {"name": "matrix", "type": {"type": "array", "items": {"type": "array", "items": "double"}}},
                {"name": "map", "type": {"type": "map", "values": ["null", "string"]}},
                {"name": "list", "type": {"type": "record", "name": "List", "fields": [
                    {"name": "head", "type": ["string", "int", "float", "boolean"]},
                    {"name": "tail", "type": ["null", "List"]}]}},
                {"name": "nulls", "type": {"type": "array", "items": "null"}},
                {"name": "delay", "type": "int"}
                """);

        private static Map<String, Object> values() {
            var schema = new Schema.Parser().parse(NESTED);
            var list = schema.getField("list").schema();
            GenericData.Record cell = null;
            for (Object head : List.of("a", 1, 1.5f, true)) {
                var next = new GenericData.Record(list);
                next.put("head", head);
                next.put("tail", cell);
                cell = next;
            }
            return Map.of(
                    "fixed",
                    new GenericData.Fixed(schema.getField("fixed").schema(), new byte[3]),
                    "matrix",
                    List.of(List.of(1.0, 2.0), List.of(), List.of(3.0)),
                    "map",
                    Map.of("a", "b", "c", "d"),
                    "list",
                    cell,
                    "nulls",
                    Arrays.asList(null, null, null),
                    "delay",
                    33);
        }

        @Test
        void are_stepped_over_whatever_they_hold() {
            var fields = fields("delay");

            var row = decode(new AvroDecoder(NESTED, fields), fields, avro(NESTED, values()));

            assertThat(texts(row)).containsExactly("33");
        }

        @Test
        void that_are_nested_can_not_be_named() {
            for (var name : List.of("null", "fixed", "matrix", "map", "list")) {
                assertThatThrownBy(() -> new AvroDecoder(NESTED, fields(name)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith("field " + name + " is of the Avro type ")
                        .hasMessageEndingWith(
                                ": expected a number, text, a boolean or an enum, or a union of these and null");
            }
        }

        @Test
        void written_in_blocks_with_sizes_are_stepped_over_at_once() {
            var schema = record(
                    "{\"name\": \"a\", \"type\": {\"type\": \"array\", \"items\": \"int\"}}, {\"name\": \"delay\", \"type\": \"int\"}");
            var fields = fields("delay");
            var event =
                    HexFormat.of().parseHex("03" + "04" + "0204" + "02" + "06" + "00" + "42"); // -2 in 2 bytes, 1, end

            assertThat(texts(decode(new AvroDecoder(schema, fields), fields, event)))
                    .containsExactly("33");
        }
    }

    @Nested
    class Single_object_framing {
        @Test
        void is_taken_off() throws IOException {
            var schema = new Schema.Parser().parse(FLIGHT);
            var record = new GenericData.Record(schema);
            LATE.forEach(record::put);
            var framed = new BinaryMessageEncoder<GenericData.Record>(new GenericData(), schema).encode(record);
            var event = new byte[framed.remaining()];
            framed.get(event);

            var row = decode(new AvroDecoder(FLIGHT, FIELDS), FIELDS, event);

            assertThat(texts(row)).containsExactly("33", "LAS", "16305121");
        }

        @Test
        void of_another_schema_is_a_bad_event() {
            var expected = SchemaNormalization.parsingFingerprint64(new Schema.Parser().parse(FLIGHT));
            var event = HexFormat.of().parseHex("c301" + "efcdab8967452301" + "00");

            assertThatThrownBy(() -> decode(new AvroDecoder(FLIGHT, FIELDS), FIELDS, event))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("event is of another schema: its fingerprint is 0123456789abcdef, expected "
                            + HexFormat.of().toHexDigits(expected));
        }

        @Test
        void cut_short_is_a_bad_event() {
            var event = HexFormat.of().parseHex("c301efcd");

            assertThatThrownBy(() -> decode(new AvroDecoder(FLIGHT, FIELDS), FIELDS, event))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("event of 4 bytes ends within its single-object header");
        }
    }

    @Nested
    class A_broken_event {
        @Test
        void that_ends_early_is_a_bad_event_wherever_it_ends() {
            var event = avro(FLIGHT, LATE);
            for (int length = 0; length < event.length; length++) {
                var cut = Arrays.copyOf(event, length);

                assertThatThrownBy(() -> decode(new AvroDecoder(FLIGHT, FIELDS), FIELDS, cut))
                        .isInstanceOf(BadEvent.class)
                        .hasMessageMatching(
                                "field (date|origin|destination|distance|delay) lies beyond the end of the event");
            }
        }

        @Test
        void with_bytes_left_over_is_a_bad_event() {
            var event = avro(FLIGHT, LATE);
            var longer = Arrays.copyOf(event, event.length + 2);

            assertThatThrownBy(() -> decode(new AvroDecoder(FLIGHT, FIELDS), FIELDS, longer))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("event of " + longer.length + " bytes has 2 more than its schema says");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                value = {
                    "\"int\"; ffffffff7f; field f = -17179869184 is no int",
                    "\"int\"; ffffffffffffffffffff01; field f has a number of more than 10 bytes",
                    "\"string\"; 01; field f has a length of -1",
                    "\"string\"; feffffff0f; field f lies beyond the end of the event",
                    "\"string\"; 04c328; f = \"\\ufffd(\" is not UTF-8",
                    "\"boolean\"; 02; field f = 2 is no boolean",
                    "[\"null\",\"int\"]; 04; field f has branch 2 of a union of 2",
                    "[\"null\",\"int\"]; 01; field f has branch -1 of a union of 2",
                    "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}; 02; field f has symbol 1 of an enum of 1",
                    "\"double\"; 00000000; field f lies beyond the end of the event"
                })
        void is_a_bad_event_that_names_the_field(String type, String hex, String message) {
            var schema = record("{\"name\": \"f\", \"type\": " + type + "}");
            var fields = fields("f");

            assertThatThrownBy(() -> decode(
                            new AvroDecoder(schema, fields),
                            fields,
                            HexFormat.of().parseHex(hex)))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage(message);
        }

        @Test
        void of_countless_elements_without_bytes_takes_no_time() {
            var schema = record("""
                    {"name": "a", "type": {"type": "array", "items":
                        {"type": "record", "name": "Empty", "fields": [{"name": "n", "type": "null"}]}}}
                    """);
            var fields = fields();
            var event = avro(schema, Map.of("a", new ArrayList<>()));
            var countless = HexFormat.of().parseHex("feffffffffffffffff01" + "00");

            decode(new AvroDecoder(schema, fields), fields, event);
            decode(new AvroDecoder(schema, fields), fields, countless);
        }

        @Test
        void that_is_nested_without_end_is_a_bad_event() {
            var schema = record("{\"name\": \"tail\", \"type\": [\"null\", \"Event\"]}");
            var fields = fields();
            var deep = new byte[1_000_000];
            Arrays.fill(deep, (byte) 2);

            assertThatThrownBy(() -> decode(new AvroDecoder(schema, fields), fields, deep))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("field tail is nested deeper than 100");
        }
    }

    @Nested
    class A_schema {
        @Test
        void without_a_named_field_is_refused() {
            assertThatThrownBy(() -> new AvroDecoder(FLIGHT, fields("carrier")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("field carrier is not in the schema Event: "
                            + "expected one of [date, origin, destination, distance, delay]");
        }

        @Test
        void that_is_no_record_is_refused() {
            assertThatThrownBy(() -> new AvroDecoder("\"int\"", fields()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the schema is of type int: expected a record");
        }

        @Test
        void that_is_none_is_refused() {
            assertThatThrownBy(() -> new AvroDecoder("{", fields()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("events.schema is no Avro schema: ");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "[\"null\"]",
                    "[\"int\", {\"type\": \"array\", \"items\": \"int\"}]",
                    "{\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": 9}"
                })
        void whose_type_can_be_no_value_is_refused(String type) {
            var schema = record("{\"name\": \"f\", \"type\": " + type + "}");

            assertThatThrownBy(() -> new AvroDecoder(schema, fields("f")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("field f is of the Avro type ");
        }
    }
}
