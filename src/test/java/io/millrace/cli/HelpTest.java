package io.millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "millrace",
                "millrace demo",
                "millrace run",
                "millrace serve",
                "millrace replay",
                "millrace evaluate",
                "millrace produce",
                "millrace consume",
                "millrace models",
                "millrace models list",
                "millrace models show",
                "millrace models promote",
                "millrace models rollback",
                "millrace models pin",
                "millrace models resume",
                "millrace models diff",
                "millrace models weights",
                "millrace models decisions",
                "millrace models verify",
                "millrace candidate",
                "millrace candidate start",
                "millrace candidate stop",
                "millrace candidate delete",
                "millrace topics",
                "millrace topics create",
                "millrace topics describe",
                "millrace topics acls",
                "millrace spec"
            })
    void of_every_command_is_what_is_documented(String command) throws IOException {
        var words = new ArrayList<>(List.of(command.split(" ", -1)));
        words.removeFirst();
        words.add("--help");

        var called = Called.millrace(words.toArray(String[]::new));

        assertThat(called.exitCode()).isZero();
        assertThat(called.err()).isEmpty();
        assertThat(called.out()).isEqualTo(golden(command.replace(' ', '-')));
    }

    @Test
    void is_what_a_call_without_a_command_prints() throws IOException {
        var called = Called.millrace();

        assertThat(called.exitCode()).isZero();
        assertThat(called.out()).isEqualTo(golden("millrace"));
    }

    private static String golden(String name) throws IOException {
        try (var bytes = Objects.requireNonNull(HelpTest.class.getResourceAsStream("/help/" + name + ".txt"))) {
            return new String(bytes.readAllBytes(), UTF_8);
        }
    }
}
