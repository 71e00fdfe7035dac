package io.millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.DeadLetter;
import io.millrace.schema.Sha256;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class DeadLetterTextTest {
    private static String text(String event) {
        return text(event, event.getBytes(UTF_8).length);
    }

    private static String text(String event, int length) {
        var bytes = event.getBytes(UTF_8);
        return DeadLetterText.of(new DeadLetter(
                "price is bad", "clicks", 2, 17L, 1_000L, length, new Sha256(new byte[32]), ByteBuffer.wrap(bytes)));
    }

    @Test
    void tells_time_place_reason_and_event() {
        assertThat(text("{\"price\":1}")).isEqualTo("1970-01-01T00:00:01Z  clicks-2-17  price is bad  {\"price\":1}");
    }

    @Test
    void shows_nothing_that_a_terminal_would_obey() {
        assertThat(text("a\u001b[2J\n\\é")).endsWith("  a\\x1b[2J\\x0a\\\\\\xc3\\xa9");
    }

    @Test
    void says_that_an_event_was_left_out() {
        assertThat(text("", 1_234)).endsWith("  price is bad  (left out, 1,234 bytes)");
        assertThat(text("", 0)).endsWith("  price is bad  ");
    }

    @Test
    void shows_only_the_beginning_of_a_long_event() {
        assertThat(text("x".repeat(1_234))).endsWith("  " + "x".repeat(120) + "... (1,234 bytes)");
        assertThat(text("x".repeat(120))).endsWith("  " + "x".repeat(120));
    }
}
