package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DisplayTest {
    private static final long SECOND = 1_000_000_000;

    private final StringWriter text = new StringWriter();
    private long now;

    private Display display(boolean terminal) {
        return new Display(new PrintWriter(text), terminal, () -> now);
    }

    @Nested
    class On_a_terminal {
        @Test
        void writes_a_block_over_the_last_one() {
            var display = display(true);

            display.show(List.of("a 1", "b 1"));
            display.show(List.of("a 2"));
            display.show(List.of("a 3"));

            assertThat(text).hasToString("a 1\nb 1\n\u001b[2A\u001b[Ja 2\n\u001b[1A\u001b[Ja 3\n");
        }

        @Test
        void keeps_printed_lines_above_the_block() {
            var display = display(true);

            display.show(List.of("a 1"));
            display.print(List.of("news"));
            display.show(List.of("a 2"));

            assertThat(text).hasToString("a 1\n\u001b[1A\u001b[Jnews\na 2\n");
        }

        @Test
        void takes_the_block_off_at_the_end() {
            var display = display(true);

            display.show(List.of("a 1"));
            display.clear();
            display.clear();

            assertThat(text).hasToString("a 1\n\u001b[1A\u001b[J");
        }

        @Test
        void is_due_four_times_a_second() {
            var display = display(true);

            now = SECOND / 4 - 1;
            assertThat(display.isDue()).isFalse();
            now = SECOND / 4;
            assertThat(display.isDue()).isTrue();
        }
    }

    @Nested
    class Elsewhere {
        @Test
        void writes_one_plain_line() {
            var display = display(false);

            display.show(List.of("a 1", "b 1"));
            display.show(List.of("a 2", "b 2"));
            display.clear();

            assertThat(text).hasToString("a 1 · b 1\na 2 · b 2\n");
        }

        @Test
        void is_due_every_five_seconds() {
            var display = display(false);

            now = 5 * SECOND;
            assertThat(display.isDue()).isTrue();
            display.show(List.of("a"));
            now = 10 * SECOND - 1;
            assertThat(display.isDue()).isFalse();
        }
    }
}
