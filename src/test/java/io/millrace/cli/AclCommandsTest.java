package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AclCommandsTest {
    @TempDir
    private Path folder;

    private Called acls(String... words) throws IOException {
        var spec = Files.writeString(folder.resolve("spec.yaml"), SpecReader.resourceText("flights.yaml"));
        var all = new ArrayList<>(List.of("topics", "acls", "--spec", spec.toString()));
        all.addAll(List.of(words));
        return Called.millrace(all.toArray(String[]::new));
    }

    @Test
    void tell_the_rights_of_each_party_and_why() throws IOException {
        assertThat(acls().out()).contains("""

                # User:flight-delays-serve role serve: answers requests; may write nothing
                kafka-acls.sh --bootstrap-server "$SERVERS" --command-config "$ADMIN" --add --allow-principal User:flight-delays-serve --operation Read --topic flight-delays.champion
                kafka-acls.sh --bootstrap-server "$SERVERS" --command-config "$ADMIN" --add --allow-principal User:flight-delays-serve --operation Read --topic flight-delays.main.versions
                kafka-acls.sh --bootstrap-server "$SERVERS" --command-config "$ADMIN" --add --allow-principal User:flight-delays-serve --operation Read --topic flight-delays.main.kept

                """);
        assertThat(acls().out()).contains("""
                # a process and a thread follow
                kafka-acls.sh --bootstrap-server "$SERVERS" --command-config "$ADMIN" --add --allow-principal User:flight-delays-train --operation Write --transactional-id flight-delays.main.train- --resource-pattern-type prefixed
                """);
    }

    @Test
    void of_a_lineage_with_the_blocks_of_another_have_no_split() throws IOException {
        var printed = acls("--lineage", "fresh", "--blocks", "main").out();

        assertThat(printed)
                .doesNotContain("role split")
                .contains("--operation Read --topic flight-delays.main.train\n")
                .contains("--operation Read --topic flight-delays.main.validation\n")
                .contains("--topic flight-delays.fresh.versions\n")
                .doesNotContain("--topic flight-delays.fresh.train\n");
    }

    @Test
    void quote_a_principal_for_the_shell() throws IOException {
        assertThat(acls("--principal-prefix", "User:CN=it's ").out())
                .contains("--allow-principal 'User:CN=it'\\''s serve' --operation");
    }

    @Test
    void take_no_prefix_that_is_none() throws IOException {
        for (var prefix : List.of("flights-", "User:a\nrm -r")) {
            var called = acls("--principal-prefix", prefix);

            assertThat(called.exitCode()).isEqualTo(2);
            assertThat(called.err()).startsWith("--principal-prefix = \"").contains("begins no principal");
        }
        assertThat(acls("--blocks", "a;b").err()).startsWith("--blocks = a;b is no name: expected");
    }
}
