package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What the README says that can be checked without a broker; `ReadmeIT` runs the rest.
class ReadmeTest {
    @Test
    void its_test_command_is_the_one_of_the_build() throws IOException {
        var commands = Readme.blocks("sh").stream().map(String::strip).toList();

        assertThat(commands).contains("mvn verify", "mvn -q compile exec:exec@demo");
        assertThat(Files.readString(Path.of(".ci/run")).lines()).anyMatch(line -> line.startsWith("mvn verify"));
    }

    @Test
    void its_links_lead_somewhere() {
        var links = Pattern.compile("\\]\\(([^)#:]+)\\)")
                .matcher(Readme.TEXT)
                .results()
                .map(link -> link.group(1));

        assertThat(links)
                .isNotEmpty()
                .allSatisfy(link -> assertThat(Path.of(link)).exists());
    }
}
