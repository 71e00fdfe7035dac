package io.millrace.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.feature.FeatureConfig.Category;
import io.millrace.feature.FeatureConfig.Cross;
import io.millrace.feature.FeatureConfig.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllPairsTest {
    private static final String HEAD = """
            model: clicks
            events: { topic: clicks }
            split: { group: [user] }
            label: { field: clicked, above: 0 }
            features:
            """;

    @TempDir
    private Path folder;

    private Spec read(String features) throws IOException {
        return SpecReader.read(Files.writeString(folder.resolve("clicks.yaml"), HEAD + features));
    }

    private void assertRefused(String features, String message, int line) {
        assertThatThrownBy(() -> read(features))
                .isInstanceOf(SpecException.class)
                .hasMessage("%s\n  in %s, line %d", message, folder.resolve("clicks.yaml"), line);
    }

    @Nested
    class All_pairs_of_a_list {
        private static final String SHORT = """
                  - { category: page }
                  - { cross: all-pairs, of: [page, hour-of-day(at), user] }
                  - { text: title }
                """;

        @Test
        void are_its_crosses_in_the_order_of_the_list() throws IOException {
            assertThat(read(SHORT).features())
                    .containsExactly(
                            new Category("page"),
                            new Cross(List.of("page", "hour-of-day(at)")),
                            new Cross(List.of("page", "user")),
                            new Cross(List.of("hour-of-day(at)", "user")),
                            new Text("title"));
        }

        @Test
        void are_the_same_spec_as_the_crosses_written_one_by_one() throws IOException {
            var spec = read(SHORT);

            var written = read("""
                      - { category: page }
                      - { cross: [page, hour-of-day(at)] }
                      - { cross: [page, user] }
                      - { cross: [hour-of-day(at), user] }
                      - { text: title }
                    """);
            assertThat(written).isEqualTo(spec);
            assertThat(written.hash()).isEqualTo(spec.hash());
            assertThat(SpecReader.ofJson(spec.toJson())).isEqualTo(spec);
        }

        @Test
        void may_stand_in_a_block_of_lines() throws IOException {
            var spec = read("""
                      - cross: all-pairs
                        of:
                          - page
                          - user
                    """);

            assertThat(spec.features()).containsExactly(new Cross(List.of("page", "user")));
        }

        @Test
        void may_be_of_64_parts() throws IOException {
            assertThat(read("  - { cross: all-pairs, of: [" + parts(64) + "] }\n")
                            .features())
                    .hasSize(64 * 63 / 2)
                    .doesNotHaveDuplicates();
        }
    }

    private static String parts(int n) {
        return IntStream.range(0, n).mapToObj(i -> "part" + i).collect(Collectors.joining(", "));
    }

    @Nested
    class Are_refused_with_their_line {
        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                cross: all-pairs | features[1].of is missing: expected the parts to pair, such as [a, b, c]
                cross: all-pairs, of: page | features[1].of = page is no list: expected the parts to pair, such as [a, b, c]
                cross: all-pairs, of: [page] | features[1].of = [page] has 1 parts: expected 2 to 64
                cross: all-pairs, of: [page, user, page] | features[1].of[2] = page is there twice: expected it once
                cross: all-pairs, of: [page, [user]] | features[1].of[1] = [user] is a list: expected text
                cross: all-pairs, of: [page, ''] | features[1].cross is empty: expected the name of a field
                cross: every-pair | features[1].cross = every-pair is not known: expected all-pairs, or parts such as [a, b]
                cross: [page, user], of: [page, user] | features[1].of is an unknown key: expected one of cross
                cross: all-pairs, of: [page, user], scale: none | features[1].scale is an unknown key: expected one of cross
                """)
        void parts_that_make_no_pairs(String feature, String message) {
            assertThatThrownBy(() -> read("  - { category: page }\n  - { " + feature + " }\n"))
                    .isInstanceOf(SpecException.class)
                    .hasMessageStartingWith(message)
                    .hasMessageContaining("\n  in " + folder.resolve("clicks.yaml") + ", line 7");
        }

        @Test
        void more_than_64_parts() {
            assertThatThrownBy(() -> read("  - { cross: all-pairs, of: [" + parts(65) + "] }\n"))
                    .hasMessageContaining(" has 65 parts: expected 2 to 64");
        }

        @Test
        void a_pair_that_is_there_already() {
            assertRefused(
                    "  - { cross: [a, c] }\n  - { cross: all-pairs, of: [a, b, c] }\n",
                    "features[2] = {cross: a*c} is there twice: expected it once, as features[0]",
                    7);
        }
    }
}
