package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DedupeCheckTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path dir;

    private Spec spec(String dedupe) throws IOException {
        var yaml = SpecReader.resourceText("flights.yaml").replace("\nsplit:\n", "\nsplit:\n" + dedupe);
        return SpecReader.read(Files.writeString(dir.resolve("spec.yaml"), yaml));
    }

    @Test
    void ids_of_all_partitions_must_fit_in_half_of_the_heap() throws IOException {
        var spec = spec("  dedupe: { within: 1d, most: 1048576 }\n");

        assertThatCode(() -> DedupeCheck.heap(spec, "flights", 4, 256 * MIB)).doesNotThrowAnyException();
        assertThatThrownBy(() -> DedupeCheck.heap(spec, "flights", 4, 255 * MIB))
                .isInstanceOf(RoleException.class)
                .hasMessage("split.dedupe.most = 1048576 for each of the 4 partitions of flights may take 128 MiB:"
                        + " expected at most half of the heap of 255 MiB. Start with a larger one (-Xmx), or let fewer"
                        + " ids be remembered");
    }

    @Test
    void where_none_are_dropped_any_heap_will_do() throws IOException {
        var spec = spec("");

        assertThatCode(() -> DedupeCheck.heap(spec, "flights", 1_000_000, 1)).doesNotThrowAnyException();
    }
}
