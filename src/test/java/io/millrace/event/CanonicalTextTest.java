package io.millrace.event;

import static io.millrace.event.Events.avro;
import static io.millrace.event.Events.decode;
import static io.millrace.event.Events.fields;
import static io.millrace.event.Events.record;
import static io.millrace.event.Events.texts;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// One value, three formats, one text: what is hashed does not depend on how an event was written.
class CanonicalTextTest {
    private static final Fields FIELDS = fields("f");

    @Nested
    class A_value {
        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                value = {
                    "\"long\"; 2176; 2176; 2176",
                    "\"long\"; -9223372036854775808; -9223372036854775808; -9223372036854775808",
                    "\"int\"; 0; 0; 0",
                    "\"double\"; 3.0; 3.0; 3",
                    "\"double\"; 3.0; 3; 3",
                    "\"double\"; -0.0; -0.0; 0",
                    "\"double\"; 0.1; 0.10; 0.1",
                    "\"double\"; 1.0E21; 1e21; 1.0E21",
                    "\"double\"; 1.0E-7; 0.0000001; 1.0E-7",
                    "\"float\"; 0.1; 0.1; 0.1",
                    "\"boolean\"; true; true; true",
                    "[\"null\", \"long\"]; 33; 33; 33"
                })
        void that_is_no_text_has_the_same_text_from_Avro_JSON_and_CSV(
                String type, String value, String written, String text) {
            var schema = record("{\"name\": \"f\", \"type\": " + type + "}");

            var fromAvro =
                    decode(new AvroDecoder(schema, FIELDS), FIELDS, avro(schema, Map.of("f", typed(type, value))));
            var fromJson = decode(new JsonDecoder(FIELDS), FIELDS, "{\"f\": " + written + "}");
            var fromCsv = decode(new CsvDecoder(List.of("f"), FIELDS, (String) null), FIELDS, written);
            var fromTypedCsv = decode(new CsvDecoder(List.of("f"), FIELDS, schema), FIELDS, written);

            assertThat(List.of(fromAvro, fromJson, fromCsv, fromTypedCsv))
                    .allSatisfy(row -> assertThat(texts(row)).containsExactly(text));
        }

        @ParameterizedTest
        @CsvSource({"LAS", "Zürich", "東京 🚀", "True", "NaN", "00123x", "a.b", "-"})
        void that_is_text_has_the_same_text_from_Avro_JSON_and_CSV(String text) {
            var schema = record("{\"name\": \"f\", \"type\": \"string\"}");

            var fromAvro = decode(new AvroDecoder(schema, FIELDS), FIELDS, avro(schema, Map.of("f", text)));
            var fromJson = decode(new JsonDecoder(FIELDS), FIELDS, "{\"f\": \"" + text + "\"}");
            var fromCsv = decode(new CsvDecoder(List.of("f"), FIELDS, (String) null), FIELDS, text);
            var fromTypedCsv = decode(new CsvDecoder(List.of("f"), FIELDS, schema), FIELDS, text);

            assertThat(List.of(fromAvro, fromJson, fromCsv, fromTypedCsv))
                    .allSatisfy(row -> assertThat(texts(row)).containsExactly(text));
        }

        private static Object typed(String type, String value) {
            return switch (type) {
                case "\"int\"" -> Integer.valueOf(value);
                case "\"double\"" -> Double.valueOf(value);
                case "\"float\"" -> Float.valueOf(value);
                case "\"boolean\"" -> Boolean.valueOf(value);
                default -> Long.valueOf(value);
            };
        }
    }
}
