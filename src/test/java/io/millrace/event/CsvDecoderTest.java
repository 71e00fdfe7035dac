package io.millrace.event;

import static io.millrace.event.Events.decode;
import static io.millrace.event.Events.fields;
import static io.millrace.event.Events.record;
import static io.millrace.event.Events.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvDecoderTest {
    private static final Fields FIELDS = fields("delay", "origin");
    private static final List<String> COLUMNS = List.of("date", "origin", "delay", "more");

    @Nested
    class A_record {
        @ParameterizedTest
        @ValueSource(strings = {"1,LAS,33,x", "1,LAS,33,x\n", "1,LAS,33,x\r\n", "1,\"LAS\",\"33\",\"x\"\n", ",LAS,33,"})
        void gives_the_named_columns_and_no_others(String csv) {
            assertThat(texts(read(csv))).containsExactly("33", "LAS");
        }

        @Test
        void has_empty_cells_that_are_missing() {
            assertThat(texts(read("1,,\"\",x"))).containsExactly(null, null);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                quoteCharacter = '`',
                value = {
                    "\"a,b\"; a,b",
                    "\"a\"\"b\"; a\"b",
                    "\"\"\"\"; \"",
                    "\"\"\"a\"\"\"\"b\"; \"a\"\"b",
                    "Zürich; Zürich",
                    "\"東京, 🚀\"; 東京, 🚀",
                    "`  a `; `  a `",
                    "!#$%&'()*+; !#$%&'()*+"
                })
        void unquotes_its_cells(String cell, String text) {
            assertThat(texts(read("1," + cell + ",33,x"))).containsExactly("33", text);
        }

        @Test
        void may_hold_line_ends_in_quotes() {
            assertThat(texts(read("1,\"a\r\nb\n\",33,x\n"))).containsExactly("33", "a\r\nb\n");
        }

        @Test
        void keeps_unquoted_texts_apart() {
            var fields = fields("a", "b", "c");
            var quotes = "\"\"".repeat(400);

            var row = decode(
                    new CsvDecoder(List.of("a", "b", "c"), fields, (String) null),
                    fields,
                    "\"x\"\"y\",\"" + quotes + "\",\"\"\"z\"");

            assertThat(texts(row)).containsExactly("x\"y", "\"".repeat(400), "\"z");
        }
    }

    @Nested
    class A_broken_record {
        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                quoteCharacter = '`',
                value = {
                    "``; event has 1 cells: expected 4",
                    "1,LAS,33; event has 3 cells: expected 4",
                    "1,LAS,33,x,; event has more than 4 cells",
                    "1,L\"AS,33,x; event has a quote or a line end in a cell that is not quoted",
                    "1,\"LAS,33,x; event ends within a quoted cell",
                    "1,\"LAS\"\",33,x; event ends within a quoted cell",
                    "1,\"LAS\"x,33,x; event has text after the closing quote of a cell",
                })
        void is_a_bad_event(String csv, String message) {
            assertThatThrownBy(() -> read(csv)).isInstanceOf(BadEvent.class).hasMessage(message);
        }

        @Test
        void of_two_lines_is_a_bad_event() {
            assertThatThrownBy(() -> read("1,LAS,33,x\n1,LAS,33,x"))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("event has a quote or a line end in a cell that is not quoted");
        }
    }

    @Nested
    class A_schema {
        private static final Fields TYPED = fields("i", "l", "f", "d", "b", "s", "n");
        private static final String SCHEMA = record("""
                {"name": "n", "type": ["null", "string"]},
                {"name": "i", "type": "int"},
                {"name": "l", "type": ["null", "long"]},
                {"name": "f", "type": "float"},
                {"name": "d", "type": "double"},
                {"name": "b", "type": "boolean"},
                {"name": "s", "type": "string"}
                """);

        private final CsvDecoder decoder = new CsvDecoder(List.of("i", "l", "f", "d", "b", "s", "n"), TYPED, SCHEMA);

        @Test
        void gives_cells_their_types() {
            var row = decode(decoder, TYPED, "007,33.0,0.10,1e2,true,1.50,007");

            assertThat(texts(row)).containsExactly("7", "33", "0.1", "100", "true", "1.50", "007");
        }

        @Test
        void tells_empty_text_from_a_missing_one() {
            assertThat(texts(decode(decoder, TYPED, "1,,1,1,false,,")))
                    .containsExactly("1", null, "1", "1", "false", "", null);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                value = {
                    ",,1,1,true,,; i is empty: expected a value",
                    "x,,1,1,true,,; i = \"x\" is not a number",
                    "1.5,,1,1,true,,; i = 1.5 is no int",
                    "2147483648,,1,1,true,,; i = 2147483648 is no int",
                    "1,1e30,1,1,true,,; l = 1.0E30 is no long",
                    "1,,1,NaN,true,,; d = \"NaN\" is not a number",
                    "1,,1,1,yes,,; b = \"yes\" is no boolean: expected true or false",
                    "1,,1,1,1,,; b = 1 is no boolean: expected true or false",
                    "1,,1,1,truth,,; b = \"truth\" is no boolean: expected true or false",
                })
        void refuses_what_is_no_such_value(String csv, String message) {
            assertThatThrownBy(() -> decode(decoder, TYPED, csv))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage(message);
        }

        @Test
        void must_have_the_fields() {
            assertThatThrownBy(() -> new CsvDecoder(List.of("x"), fields("x"), SCHEMA))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("field x is not in the schema Event: expected one of [n, i, l, f, d, b, s]");
        }
    }

    @Nested
    class Columns {
        @Test
        void without_a_field_are_refused() {
            assertThatThrownBy(() -> new CsvDecoder(List.of("date"), FIELDS, (String) null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("field delay has no column: expected one of [date]");
        }

        @Test
        void with_a_field_twice_are_refused() {
            assertThatThrownBy(() -> new CsvDecoder(List.of("delay", "delay", "origin"), FIELDS, (String) null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("field delay has two columns: expected one of [delay, delay, origin]");
        }
    }

    private static Row read(String csv) {
        return decode(new CsvDecoder(COLUMNS, FIELDS, (String) null), FIELDS, csv);
    }
}
