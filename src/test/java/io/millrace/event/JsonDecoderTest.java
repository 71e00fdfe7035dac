package io.millrace.event;

import static io.millrace.event.Events.decode;
import static io.millrace.event.Events.fields;
import static io.millrace.event.Events.texts;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonDecoderTest {
    private static final Fields FIELDS = fields("delay", "origin");

    private final JsonDecoder decoder = new JsonDecoder(FIELDS);

    @Nested
    class An_event {
        @Test
        void gives_the_named_fields_and_no_others() {
            var row = read("""
                    {"date": 1, "origin": "LAS", "more": {"origin": [1, {"delay": 2}]}, "delay": 33, "x": null}
                    """);

            assertThat(texts(row)).containsExactly("33", "LAS");
            assertThat(row.number(0)).isEqualTo(33);
        }

        @Test
        void leaves_nothing_of_the_one_before() {
            read("{\"delay\": 33, \"origin\": \"LAS\"}");

            assertThat(texts(read("{\"origin\": \"\"}"))).containsExactly(null, "");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                value = {
                    "true; true",
                    "false; false",
                    "-0; 0",
                    "0.1; 0.1",
                    "3.0; 3",
                    "1e3; 1000",
                    "9223372036854775807; 9223372036854775807",
                    "9223372036854775808; 9.223372036854776E18",
                    "1E400; Infinity",
                    "\"007\"; 007",
                    "\"Zürich\"; Zürich",
                    "\"Z\\u00fcrich\"; Zürich",
                    "\"\\ud83d\\ude80 東京\"; 🚀 東京",
                    "\"\\\"\\\\\\/\\tb\"; \"\\/\tb",
                    "\"NaN\"; NaN"
                })
        void holds_values_of_every_type(String json, String text) {
            assertThat(texts(read("{\"delay\": " + json + "}"))).containsExactly(text, null);
        }

        @Test
        void with_null_has_no_value() {
            assertThat(texts(read("{\"delay\": null, \"origin\": null}"))).containsExactly(null, null);
        }

        @Test
        void counts_the_last_of_two() {
            assertThat(texts(read("{\"delay\": 1, \"origin\": \"A\", \"delay\": 2, \"origin\": null}")))
                    .containsExactly("2", null);
        }

        @Test
        void keeps_long_texts_apart() {
            var fields = fields("a", "b", "c");
            var a = "ä".repeat(300);
            var c = "🚀".repeat(3_000);

            var row = decode(
                    new JsonDecoder(fields), fields, "{\"a\": \"" + a + "\", \"b\": \"x\", \"c\": \"" + c + "\"}");

            assertThat(texts(row)).containsExactly(a, "x", c);
        }
    }

    @Nested
    class Anything_else {
        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                quoteCharacter = '`',
                value = {
                    "``; event is no JSON object",
                    "[]; event is no JSON object",
                    "33; event is no JSON object",
                    "null; event is no JSON object",
                    "{} {}; event has more after its JSON object",
                    "{\"delay\": [1]}; delay is nested: expected a number, text, a boolean or null",
                    "{\"delay\": {}}; delay is nested: expected a number, text, a boolean or null",
                    "{\"delay\": \"\\ud800\"}; delay = \"\\ufffd\" is not UTF-8"
                })
        void is_a_bad_event(String json, String message) {
            assertThatThrownBy(() -> read(json)).isInstanceOf(BadEvent.class).hasMessage(message);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{",
                    "{\"delay\": 33",
                    "{\"delay\": NaN}",
                    "{\"delay\": -Infinity}",
                    "{\"delay\": 007}",
                    "{\"delay\": +1}",
                    "{\"delay\": .5}",
                    "{'delay': 1}",
                    "{delay: 1}",
                    "{\"delay\": 1,}",
                    "{\"origin\": \"a\nb\"}",
                    "{} // end",
                    "{}}",
                    "{\"x\": nul}",
                    "\ufeff{}x"
                })
        void that_is_no_JSON_says_so(String json) {
            assertThatThrownBy(() -> read(json))
                    .isInstanceOf(BadEvent.class)
                    .message()
                    .startsWith("event is no JSON")
                    .contains(": expected ")
                    .hasSizeLessThan(200)
                    .matches("[ -~]*")
                    .doesNotContainIgnoringCase("feature")
                    .doesNotContain("Source");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                quoteCharacter = '`',
                value = {
                    "not json; event is no JSON at line 1, column 1: expected a value or a mark of RFC 8259, found near \"not json\"",
                    "{\"y\":NaN}; event is no JSON at line 1, column 9: expected a value or a mark of RFC 8259, found near \"{\\\"y\\\":NaN}\"",
                    "{\"place\":\"a\",\"x\":1,\"y\":NaN}; event is no JSON at line 1, column 27: expected a value or a mark of RFC 8259, found near \"x\\\":1,\\\"y\\\":NaN}\"",
                    "{\"y\":1; event is no JSON: it ends too early, after 6 bytes: expected the rest of a value",
                })
        void that_is_no_JSON_says_where(String json, String message) {
            assertThatThrownBy(() -> read(json)).hasMessage(message);
        }

        @Test
        void that_is_no_JSON_within_a_longer_array_quotes_only_its_own_bytes() {
            var bytes = "secret{\"y\":NaN}secret".getBytes(UTF_8);

            assertThatThrownBy(() -> decoder.decode(bytes, 6, 9, new Row(FIELDS)))
                    .hasMessageEndingWith(", found near \"{\\\"y\\\":NaN}\"");
        }

        @Test
        void in_another_encoding_is_a_bad_event() {
            assertThatThrownBy(() -> decode(decoder, FIELDS, "{\"delay\": 33}".getBytes(UTF_16BE)))
                    .isInstanceOf(BadEvent.class)
                    .hasMessageStartingWith("event is no JSON at line 1, column ");
        }

        @Test
        void nested_without_end_is_a_bad_event() {
            assertThatThrownBy(() -> read("{\"x\": " + "[".repeat(100_000)))
                    .isInstanceOf(BadEvent.class)
                    .hasMessageStartingWith("event is JSON beyond all bounds: expected nesting to a depth of 100, ");
        }

        @Test
        void of_too_long_a_text_is_a_bad_event() {
            assertThatThrownBy(() -> read("{\"origin\": \"" + "x".repeat(2 << 20) + "\"}"))
                    .isInstanceOf(BadEvent.class)
                    .message()
                    .startsWith("event is JSON beyond all bounds")
                    .hasSizeLessThan(400);
        }

        @Test
        void of_too_long_a_number_is_a_bad_event() {
            assertThatThrownBy(() -> read("{\"delay\": " + "1".repeat(1_001) + "}"))
                    .isInstanceOf(BadEvent.class)
                    .hasMessageStartingWith("event is JSON beyond all bounds");
        }
    }

    @Nested
    class Members_that_nobody_names {
        @Test
        void may_be_as_many_and_as_long_as_they_like() {
            var json = new StringBuilder("{");
            for (int i = 0; i < 20_000; i++) {
                json.append("\"name").append(i).append("\": ").append(i).append(", ");
            }
            json.append("\"x\": \"").append("x".repeat(1 << 20)).append("\", \"delay\": 33}");

            assertThat(texts(read(json.toString()))).containsExactly("33", null);
        }
    }

    private Row read(String json) {
        return decode(decoder, FIELDS, json);
    }
}
