package io.millrace.event;

import static io.millrace.event.Events.decode;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
    private static final String SECRET = "078-05-1120";
    private static final Fields FIELDS = new Fields(List.of("ssn", "age")).redacting(Set.of("ssn", "phone"));

    private static Redaction redaction(EventsConfig.Format format, Optional<List<String>> fields) {
        return new EventsConfig("people", format, Optional.of("person.avsc"), List.of(), Optional.empty(), fields)
                .redaction();
    }

    private static String left(byte[] event) {
        var redaction = redaction(EventsConfig.Format.JSON, Optional.of(List.of("ssn", "phone")));
        return new String(redaction.of(event), UTF_8);
    }

    private static String left(String event) {
        return left(event.getBytes(UTF_8));
    }

    @Nested
    class Of_json {
        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                quoteCharacter = '`',
                value = {
                    "{\"ssn\":\"078-05-1120\",\"age\":3}; {\"ssn\":\"(redacted)\",\"age\":3}",
                    "{ \"age\" : 3e0 , \"ssn\" : 78051120 }; { \"age\" : 3e0 , \"ssn\" : \"(redacted)\" }",
                    "{\"ssn\":1,\"ssn\":2}; {\"ssn\":\"(redacted)\",\"ssn\":\"(redacted)\"}",
                    "{\"ssn\":true,\"phone\":null}; {\"ssn\":\"(redacted)\",\"phone\":\"(redacted)\"}",
                    "{\"ssn\":{\"a\":[1,{}]},\"x\":[{\"phone\":[0]}]}; {\"ssn\":\"(redacted)\",\"x\":[{\"phone\":\"(redacted)\"}]}",
                    "{\"s\\u0073n\":\"a\\\"b\",\"ä\":\"ssn\"}; {\"s\\u0073n\":\"(redacted)\",\"ä\":\"ssn\"}",
                    "{\"age\":\"ssn\",\"x\":-0}; {\"age\":\"ssn\",\"x\":-0}",
                    "{}; {}"
                })
        void takes_out_the_values_and_leaves_the_rest_as_it_is(String event, String expected) {
            assertThat(left(event)).isEqualTo(expected);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "078-05-1120",
                    "\"078-05-1120\"",
                    "[{\"age\":\"078-05-1120\"}]",
                    "{\"age\":1,\"ssn\":\"078-05-1120\"",
                    "{\"ssn\":078-05-1120}",
                    "{\"ssn:\"078-05-1120\"}",
                    "{\"age\":1} 078-05-1120",
                    "{\"age\":1}{\"ssn\":\"078-05-1120\"}"
                })
        void leaves_nothing_of_what_is_no_object(String event) {
            assertThat(left(event)).isEmpty();
        }

        @Test
        void takes_out_a_long_value_but_leaves_nothing_where_one_is_beyond_all_bounds() {
            var longest = "7".repeat(Row.LONGEST_TEXT);

            assertThat(left("{\"ssn\":\"" + longest + "\"}")).isEqualTo("{\"ssn\":\"(redacted)\"}");
            assertThat(left("{\"ssn\":\"" + longest.repeat(40) + "\"}")).isEmpty();
        }

        @Test
        void leaves_nothing_of_what_is_nested_beyond_all_bounds() {
            assertThat(left("{\"age\":" + "[".repeat(200) + SECRET)).isEmpty();
        }

        @Test
        void finds_every_value_whatever_is_around_it() {
            var random = Seed.random();
            for (var n = 0; n < 2_000; n++) {
                var event = new StringBuilder();
                var expected = new StringBuilder();
                object(random, 0, event, expected);

                assertThat(left(event.toString())).isEqualTo(expected.toString());
                var cut = event.substring(0, random.nextInt(event.length()));
                assertThat(left(cut)).isEmpty();
            }
        }

        /// The same object twice: as it is, and as it should be left.
        private void object(Random random, int depth, StringBuilder event, StringBuilder expected) {
            both("{", event, expected);
            for (var k = random.nextInt(4); k >= 0; k--) {
                var hidden = random.nextInt(3) == 0;
                both(space(random) + '"' + (hidden ? "ssn" : "müll" + k) + '"' + space(random) + ':', event, expected);
                both(space(random), event, expected);
                if (hidden) {
                    event.append(secret(random, depth));
                    expected.append("\"(redacted)\"");
                } else if (depth < 3 && random.nextBoolean()) {
                    object(random, depth + 1, event, expected);
                } else {
                    both(random.nextBoolean() ? "\"東京\\n\"" : "-1.50e-3", event, expected);
                }
                both(space(random) + (k == 0 ? "" : ","), event, expected);
            }
            both("}", event, expected);
        }

        private String secret(Random random, int depth) {
            return switch (random.nextInt(depth > 2 ? 3 : 4)) {
                case 0 -> "\"" + SECRET + "ü🚀\\\"\\u0041\"";
                case 1 -> "78051120." + random.nextInt(1_000);
                case 2 -> "[\"" + SECRET + "\", {\"a\": 1}]";
                default -> "{\"ssn\" : \"" + SECRET + "\"}";
            };
        }

        private static void both(String text, StringBuilder event, StringBuilder expected) {
            event.append(text);
            expected.append(text);
        }

        private static String space(Random random) {
            return " \n\t".substring(0, random.nextInt(4));
        }
    }

    @Test
    void avro_is_left_out_whole() {
        var event = new byte[] {1, 2, 3};

        assertThat(redaction(EventsConfig.Format.AVRO, Optional.of(List.of("ssn")))
                        .of(event))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"AVRO", "JSON"})
    void without_fields_to_hide_everything_is_kept(EventsConfig.Format format) {
        var event = "no event".getBytes(UTF_8);

        assertThat(redaction(format, Optional.empty()).of(event)).isSameAs(event);
        assertThat(redaction(format, Optional.of(List.of())).of(event)).isSameAs(event);
    }

    /// Why an event can't be used, without what it says.
    @Nested
    class A_reason {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"ssn\":\"078-05-1120\"x",
                    "{\"ssn\":\"078-05-1120\",\"age\":NaN}",
                    "{\"ssn\":078-05-1120}",
                    "078-05-1120"
                })
        void of_broken_json_has_no_excerpt(String event) {
            assertThatThrownBy(() -> decode(new JsonDecoder(FIELDS), FIELDS, event))
                    .isInstanceOf(BadEvent.class)
                    .message()
                    .startsWith("event is no JSON at line 1")
                    .doesNotContain("05");
        }

        @Test
        void has_no_text_that_is_not_utf_8() {
            assertThatThrownBy(() -> decode(new JsonDecoder(FIELDS), FIELDS, "{\"ssn\":\"078\\ud800\"}"))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("ssn = (redacted) is not UTF-8");
        }

        @Test
        void has_no_number() {
            var row = decode(new JsonDecoder(FIELDS), FIELDS, "{\"ssn\":\"078\",\"age\":\"old\"}");
            var large = decode(new JsonDecoder(FIELDS), FIELDS, "{\"ssn\":7e30}");
            var endless = decode(new JsonDecoder(FIELDS), FIELDS, "{\"ssn\":7e999}");

            assertThatThrownBy(() -> row.number(0)).hasMessage("ssn = (redacted) is not a number");
            assertThatThrownBy(() -> TimeConfig.Unit.ISO_8601.millis(row, 0))
                    .hasMessage("ssn = (redacted) is no ISO 8601 time: expected one like 2001-01-01T05:01:00Z");
            assertThatThrownBy(() -> large.number(0))
                    .hasMessage("ssn = (redacted) is out of range: expected -1e15 to 1e15");
            assertThatThrownBy(() -> endless.number(0)).hasMessage("ssn = (redacted) is not a finite number");
        }

        @Test
        void has_the_values_of_other_fields() {
            var row = decode(new JsonDecoder(FIELDS), FIELDS, "{\"ssn\":\"078\",\"age\":\"old\"}");

            assertThatThrownBy(() -> row.number(1)).hasMessage("age = \"old\" is not a number");
        }

        /// Where bytes are not what the schema says, what seems to be one field may be part of another.
        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                value = {
                    "int; 8080808010; field age = (redacted) is no int",
                    "boolean; 07; field age = (redacted) is no boolean",
                    "string; 03; field age has a length of (redacted)",
                    "[\"null\", \"int\"]; 0e; field age has branch (redacted) of a union of 2",
                    "{\"type\": \"enum\", \"name\": \"E\", \"symbols\": [\"A\"]}; 0e; field age has symbol (redacted) of an enum of 1"
                })
        void of_broken_avro_has_nothing_that_was_read(String type, String hex, String reason) {
            var decoder = new AvroDecoder(
                    Events.record("{\"name\": \"age\", \"type\": %s}"
                            .formatted(type.startsWith("{") || type.startsWith("[") ? type : '"' + type + '"')),
                    new Fields(List.of("age")).redacting(Set.of("ssn")));
            var event = HexFormat.of().parseHex(hex);

            assertThatThrownBy(() -> decode(decoder, FIELDS, event)).hasMessage(reason);
        }

        @Test
        void of_another_schema_does_not_tell_which() {
            var fields = new Fields(List.of("ssn")).redacting(Set.of("ssn"));
            var decoder = new AvroDecoder(Events.record("{\"name\": \"ssn\", \"type\": \"string\"}"), fields);
            var event = new byte[] {(byte) 0xc3, 1, '0', '7', '8', '0', '5', '1', '1', '2', '0'};

            assertThatThrownBy(() -> decode(decoder, fields, event))
                    .message()
                    .startsWith("event is of another schema: its fingerprint is (redacted), expected ");
        }

        @Test
        void of_a_file_has_none_either(@TempDir Path dir) throws IOException {
            var file = Files.writeString(dir.resolve("people.csv"), "ssn,age\n078,old\n");
            var schema = Events.record(
                    "{\"name\": \"ssn\", \"type\": \"boolean\"}, {\"name\": \"age\", \"type\": \"string\"}");

            try (var events = FileEvents.open(file, EventsConfig.Format.JSON, schema, Map.of(), Set.of("ssn"))) {
                events.next();

                assertThatThrownBy(events::value).message().startsWith("ssn = (redacted) is no");
            }
        }
    }
}
