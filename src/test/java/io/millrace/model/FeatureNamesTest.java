package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.event.Row;
import io.millrace.feature.Examples;
import io.millrace.feature.FeatureEncoder;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureNamesTest {
    @TempDir
    private Path folder;

    private Spec spec(int bits, String redact) throws IOException {
        return SpecReader.read(Files.writeString(folder.resolve("m.yaml"), """
                model: m
                events: { topic: t%s }
                split: { group: [user] }
                label: { field: y, above: 0 }
                features: [{ category: user }, { cross: [user, page] }, { number: age }]
                learn: { bits: %d }
                """.formatted(redact, bits)));
    }

    private static Row row(Spec spec, long user, long page) {
        var row = new Row(spec.fields());
        row.setLong(spec.fields().require("user"), user);
        row.setLong(spec.fields().require("page"), page);
        return row;
    }

    private static int[] cells(Spec spec, Row row) {
        var examples = new Examples(1);
        examples.begin();
        new FeatureEncoder(spec.features(), spec.fields(), spec.learn().bits(), spec.timeUnit()).encode(row, examples);
        examples.end(0, 1, 0, 0, 0);
        return examples.indices;
    }

    @Test
    void are_those_of_the_cells_where_features_land() throws IOException {
        var spec = spec(20, "");
        var row = row(spec, 7, 3);
        var names = new FeatureNames(spec, row, 100);

        names.see(row);
        names.see(row);

        var cells = cells(spec, row);
        assertThat(names.of(cells[0])).containsExactly("age");
        assertThat(names.of(cells[1])).containsExactly("constant");
        assertThat(names.of(cells[2])).containsExactly("user=7");
        assertThat(names.of(cells[3])).containsExactly("user*page=7*3");
        assertThat(names.size()).isEqualTo(4);
        assertThat(names.sharing()).isZero();
        assertThat(names.isFull()).isFalse();
    }

    @Test
    void that_share_a_cell_are_all_told_and_counted() throws IOException {
        var spec = spec(1, "");
        var row = row(spec, 7, 3);
        var names = new FeatureNames(spec, row, 100);

        names.see(row);

        assertThat(names.of(0).size() + names.of(1).size()).isEqualTo(4);
        var used = (names.of(0).isEmpty() ? 0 : 1) + (names.of(1).isEmpty() ? 0 : 1);
        assertThat(names.sharing()).isEqualTo(4 - used);
    }

    @Test
    void are_no_more_than_the_bound() throws IOException {
        var spec = spec(20, "");
        var row = row(spec, 7, 3);
        var names = new FeatureNames(spec, row, 3);

        names.see(row);

        assertThat(names.size()).isEqualTo(3);
        assertThat(names.isFull()).isTrue();
        assertThat(names.of(cells(spec, row)[3])).isEmpty();
    }

    @Test
    void hold_no_value_that_is_redacted() throws IOException {
        var spec = spec(20, ", redact: [page]");
        var row = row(spec, 7, 3);
        var names = new FeatureNames(spec, row, 100);

        names.see(row);

        assertThat(names.of(cells(spec, row)[2])).containsExactly("user=7");
        assertThat(names.of(cells(spec, row)[3])).containsExactly("user*page=(redacted)");
    }
}
