package io.millrace.split;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.Seed;
import io.millrace.event.BadEvent;
import io.millrace.event.Fields;
import io.millrace.event.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

class GroupSplitTest {
    private static final int GROUPS = 100_000;
    private static final Path DOCUMENT = Path.of("docs/split.md");
    private static final JsonMapper JSON = new JsonMapper();

    private static Fields fields(int count) {
        return new Fields(IntStream.range(0, count).mapToObj(k -> "f" + k).toList());
    }

    private static SplitConfig config(int fields, String salt, double validation, double test) {
        return new SplitConfig(fields(fields).names(), salt, 1 - validation - test, validation, test, Optional.empty());
    }

    private static Row row(String... texts) {
        var row = new Row(fields(texts.length));
        for (var slot = 0; slot < texts.length; slot++) {
            var bytes = texts[slot].getBytes(UTF_8);
            row.setText(slot, bytes, 0, bytes.length);
        }
        return row;
    }

    private static Split[] splits(String salt, double validation, double test) {
        var split = new GroupSplit(config(1, salt, validation, test), fields(1));
        var row = new Row(fields(1));
        var splits = new Split[GROUPS];
        for (var group = 0; group < GROUPS; group++) {
            row.setLong(0, group);
            splits[group] = split.of(split.group(row));
        }
        return splits;
    }

    /// The lines of the table under a heading of the document, each as its cells.
    private static Stream<List<String>> table(String heading) throws IOException {
        var lines = Files.readString(DOCUMENT, UTF_8)
                .split("\n## " + heading + "\n", -1)[1]
                .split("\n## ", -1)[0]
                .lines();
        return lines.filter(line -> line.startsWith("| `"))
                .map(line -> Arrays.stream(line.split(" \\| ", -1))
                        .map(cell -> cell.replaceAll("^\\| |[`|]| \\|$", "").strip())
                        .toList());
    }

    @Nested
    class The_document {
        static Stream<List<String>> groups() throws IOException {
            return table("Groups");
        }

        static Stream<List<String>> ids() throws IOException {
            return table("Ids");
        }

        @ParameterizedTest
        @MethodSource("groups")
        void says_where_a_group_goes(List<String> line) {
            var salt = JSON.readValue(line.get(0), String.class);
            var group = JSON.readValue(line.get(1), String[].class);
            var split = new GroupSplit(config(group.length, salt, 0.1, 0.1), fields(group.length));

            var hash = split.group(row(group));

            assertThat(HexFormat.of().toHexDigits(hash)).isEqualTo(line.get(3));
            assertThat((hash >>> 11) * 0x1p-53).isEqualTo(Double.parseDouble(line.get(4)));
            assertThat(split.of(hash).word()).isEqualTo(line.get(5));
        }

        @ParameterizedTest
        @MethodSource("ids")
        void says_what_the_hash_of_an_id_is(List<String> line) {
            var id = JSON.readValue(line.get(0), String[].class);
            var fields = fields(id.length);

            var hash = id.length == 1
                    ? new KeyHash(List.of(), fields).of(id[0])
                    : new KeyHash(fields.names(), fields).of(row(id));

            assertThat(HexFormat.of().toHexDigits(hash)).isEqualTo(line.get(2));
        }

        @Test
        void shows_the_bytes_that_its_rule_gives() throws IOException {
            var lines = table("Groups").toList();

            for (var line : lines) {
                var bytes = new StringBuilder(part(JSON.readValue(line.get(0), String.class)));
                for (var field : JSON.readValue(line.get(1), String[].class)) {
                    bytes.append(part(field));
                }
                assertThat(bytes).hasToString(line.get(2));
            }
            assertThat(lines).hasSizeGreaterThan(10);
        }

        /// What a reader without Millrace does: the length in four bytes, the lowest first, then the text.
        private String part(String text) {
            var bytes = text.getBytes(UTF_8);
            return String.format("%02x000000", bytes.length) + HexFormat.of().formatHex(bytes);
        }
    }

    @Nested
    class Shares {
        @Test
        void are_those_of_the_config() {
            var splits = List.of(splits("a", 0.1, 0.2));

            assertThat(Collections.frequency(splits, Split.TRAIN) / (double) GROUPS)
                    .isCloseTo(0.7, within(0.01));
            assertThat(Collections.frequency(splits, Split.VALIDATION) / (double) GROUPS)
                    .isCloseTo(0.1, within(0.005));
            assertThat(Collections.frequency(splits, Split.TEST) / (double) GROUPS)
                    .isCloseTo(0.2, within(0.01));
        }

        @Test
        void end_where_they_say() {
            var split = new GroupSplit(config(1, "", 0.25, 0.25), fields(1));

            assertThat(split.of(0x3fff_ffff_ffff_ffffL)).isEqualTo(Split.VALIDATION);
            assertThat(split.of(0x4000_0000_0000_0000L)).isEqualTo(Split.TRAIN);
            assertThat(split.of(0xbfff_ffff_ffff_ffffL)).isEqualTo(Split.TRAIN);
            assertThat(split.of(0xc000_0000_0000_0000L)).isEqualTo(Split.TEST);
            assertThat(new GroupSplit(config(1, "", 0, 0), fields(1)).of(0)).isEqualTo(Split.TRAIN);
            assertThat(new GroupSplit(config(1, "", 0, 0), fields(1)).of(-1)).isEqualTo(Split.TRAIN);
        }

        @Test
        void of_nothing_get_nothing() {
            assertThat(splits("a", 0, 0)).containsOnly(Split.TRAIN);
            assertThat(splits("a", 1, 0)).containsOnly(Split.VALIDATION);
            assertThat(splits("a", 0, 1)).containsOnly(Split.TEST);
        }

        @Test
        void of_train_that_grow_take_groups_and_give_none() {
            var before = splits("a", 0.1, 0.1);
            var after = splits("a", 0.05, 0.05);

            var moved = 0;
            for (var group = 0; group < GROUPS; group++) {
                if (after[group] != before[group]) {
                    assertThat(after[group]).isEqualTo(Split.TRAIN);
                    moved++;
                }
            }

            assertThat(moved / (double) GROUPS).isCloseTo(0.1, within(0.01));
        }

        @Test
        void under_another_salt_have_other_groups() {
            var one = splits("a", 0.1, 0.1);
            var other = splits("b", 0.1, 0.1);

            var held = IntStream.range(0, GROUPS).filter(group -> one[group] == Split.TEST);

            assertThat(held.filter(group -> other[group] == Split.TEST).count()).isBetween(800L, 1_200L);
        }
    }

    @Nested
    class A_group {
        @Test
        void goes_where_it_goes_whatever_came_before() {
            var split = new GroupSplit(config(2, "a", 0.3, 0.3), fields(2));
            var groups = new ArrayList<>(IntStream.range(0, 1_000).boxed().toList());
            var hashes = groups.stream()
                    .map(group -> split.group(row("x" + group, "y")))
                    .toList();

            Collections.shuffle(groups, Seed.random());

            for (var group : groups) {
                assertThat(split.group(row("x" + group, "y"))).isEqualTo(hashes.get(group));
            }
        }

        @Test
        void is_the_same_for_a_whole_number_and_its_text() {
            var split = new GroupSplit(config(1, "salt", 0, 0), fields(1));
            var number = new Row(fields(1));
            number.setDouble(0, 42.0);

            assertThat(split.group(number)).isEqualTo(split.group(row("42")));
        }

        @Test
        void with_a_field_missing_is_a_bad_event() {
            var row = row("SEA", "LAX");
            row.setMissing(1);

            assertThatThrownBy(() -> new GroupSplit(config(2, "", 0, 0), fields(2)).group(row))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("f1 is missing: expected a value, since it is part of the group");
        }

        @Test
        void of_empty_fields_is_a_bad_event() {
            assertThatThrownBy(() -> new GroupSplit(config(2, "", 0, 0), fields(2)).group(row("", "")))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("f0, f1 are empty: expected a group");
            assertThatThrownBy(() -> new GroupSplit(config(1, "", 0, 0), fields(1)).group(row("")))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("f0 is empty: expected a group");
        }

        @Test
        void with_one_field_empty_is_a_group() {
            assertThat(new GroupSplit(config(2, "salt", 0, 0), fields(2)).group(row("", "x")))
                    .isEqualTo(0xb34f80ef2c67d4b7L);
        }
    }
}
