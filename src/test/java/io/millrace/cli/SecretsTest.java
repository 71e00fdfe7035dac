package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {
    private static final Path FILE = Path.of("client.properties");

    @TempDir
    private Path folder;

    @Test
    void come_from_files() throws IOException {
        var secret = Files.writeString(folder.resolve("secret"), "a$1\\b\n");

        var value = Secrets.expand("user:${file:" + secret + "};", "sasl.jaas.config", FILE);

        assertThat(value).isEqualTo("user:a$1\\b;");
    }

    @Test
    void come_from_the_environment() {
        assertThat(Secrets.expand("${env:PATH}", "x", FILE)).isEqualTo(System.getenv("PATH"));
    }

    @Test
    void are_missed_by_name() {
        assertThatThrownBy(() -> Secrets.expand("${env:MILLRACE_NOT_SET}", "ssl.key.password", FILE))
                .hasMessage("ssl.key.password = ${env:MILLRACE_NOT_SET} is not set: expected an environment variable\n"
                        + "  in client.properties");
        assertThatThrownBy(() -> Secrets.expand("${file:/nope}", "ssl.key.password", FILE))
                .hasMessage("ssl.key.password = ${file:/nope} can't be read: expected a file\n  in client.properties");
    }

    @Test
    void leave_other_text_alone() {
        assertThat(Secrets.expand("$x {y} ${z}", "x", FILE)).isEqualTo("$x {y} ${z}");
    }
}
