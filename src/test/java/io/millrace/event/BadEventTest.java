package io.millrace.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BadEventTest {
    @Nested
    class A_quoted_value {
        @ParameterizedTest
        @CsvSource(
                delimiter = ';',
                value = {
                    "LAS; \"LAS\"",
                    "say \"hi\" \\n; \"say \\\"hi\\\" \\\\n\"",
                    "Zürich; \"Z\\u00fcrich\"",
                    "🚀; \"\\ud83d\\ude80\""
                })
        void has_nothing_in_it_that_a_log_could_take_for_its_own(String value, String quoted) {
            assertThat(BadEvent.quote(value)).isEqualTo(quoted);
        }

        @Test
        void has_no_control_characters() {
            assertThat(BadEvent.quote("\u0000\n\u001b[31m\u007f")).isEqualTo("\"\\u0000\\u000a\\u001b[31m\\u007f\"");
        }

        @Test
        void says_that_there_was_more() {
            assertThat(BadEvent.quote("x".repeat(64))).isEqualTo("\"" + "x".repeat(64) + "\"");
            assertThat(BadEvent.quote("x".repeat(65))).isEqualTo("\"" + "x".repeat(64) + "\"...");
        }

        @Test
        void of_bytes_is_that_of_their_text() {
            for (var text : new String[] {"", "LAS", "東京".repeat(40), "🚀".repeat(1_000)}) {
                var bytes = ("<" + text + ">").getBytes(UTF_8);

                assertThat(BadEvent.quote(bytes, 1, bytes.length - 2)).isEqualTo(BadEvent.quote(text));
            }
        }
    }

    @Nested
    class An_exception {
        @Test
        void carries_no_stack_trace() {
            assertThat(new BadEvent("reason").getStackTrace()).isEmpty();
        }
    }
}
