package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ModelFiles;
import io.millrace.replay.FlightFiles;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayCommandTest {
    @TempDir
    private Path folder;

    private String spec;

    @BeforeEach
    void write_a_spec() throws IOException {
        spec = Files.writeString(folder.resolve("flights.yaml"), SpecReader.resourceText("flights.yaml"))
                .toString();
    }

    private String file(String name, List<String> rows) throws IOException {
        return FlightFiles.write(folder.resolve(name), rows).toString();
    }

    /// The line that begins with a word.
    private static String line(Called called, String word) {
        return called.out()
                .lines()
                .filter(line -> line.startsWith(word))
                .findFirst()
                .orElseThrow();
    }

    @Nested
    class Files_of_every_format {
        @Test
        void print_the_same_digest_and_metrics() throws IOException {
            var rows = FlightFiles.rows(2_000, 5);

            var csv = Called.millrace("replay", "--spec", spec, file("flights.csv.gz", rows));
            var avro = Called.millrace("replay", "--spec", spec, file("flights.avro", rows));

            assertThat(csv.exitCode()).isZero();
            assertThat(line(csv, "digest")).matches("digest {6}[0-9a-f]{16}").isEqualTo(line(avro, "digest"));
            assertThat(line(csv, "train ")).startsWith("train       model").isEqualTo(line(avro, "train "));
            assertThat(line(csv, "validation")).contains("log-loss").isEqualTo(line(avro, "validation"));
        }
    }

    @Nested
    class Lanes {
        private Called replay(String lanes) throws IOException {
            var text = SpecReader.resourceText("flights.yaml").replace("learn:\n", "learn:\n  lanes: " + lanes + "\n");
            Files.writeString(Path.of(spec), text);
            return Called.millrace("replay", "--spec", spec, file("flights.csv", FlightFiles.rows(9_000, 5)));
        }

        private static List<String> lines(Called called, String word) {
            return called.out().lines().filter(line -> line.startsWith(word)).toList();
        }

        @Test
        void of_a_grid_have_a_line_each_and_one_is_served() throws IOException {
            var called = replay("{ learning-rate: [0.000001, 0.06], l2: [0, 0.5] }");

            assertThat(lines(called, "lane"))
                    .hasSize(4)
                    .filteredOn(line -> line.endsWith("  served"))
                    .singleElement()
                    .asString()
                    .matches(
                            "lane 2      learning-rate 0.06 l2 0.0 +  log-loss 0\\.\\d+  log-loss.decayed 0\\.\\d+  served");
            assertThat(lines(called, "lane").getFirst()).startsWith("lane 0      learning-rate 1.0e-6 l2 0.0 ");
            assertThat(lines(called, "folds")).isEmpty();
            assertThat(lines(called, "groups")).isEmpty();
        }

        @Test
        void of_folds_have_a_line_each_and_one_for_all_of_them() throws IOException {
            var called = replay("{ folds: 3, by: group, strata: class }");

            assertThat(lines(called, "lane"))
                    .hasSize(4)
                    .last()
                    .asString()
                    .contains("all folds")
                    .endsWith("  served");
            assertThat(lines(called, "lane").get(1)).contains("without fold 1").doesNotContain("served");
            assertThat(lines(called, "folds"))
                    .singleElement()
                    .asString()
                    .matches("folds       each without its own +  log-loss 0\\.\\d+");
            assertThat(lines(called, "groups"))
                    .singleElement()
                    .asString()
                    .matches("groups      [0-9,]+ in the folds that they were dealt to, 0 examples of others by hash");
        }
    }

    @Nested
    class All_groups {
        @Test
        void are_learned_if_asked_for() throws IOException {
            var file = file("flights.csv", FlightFiles.rows(2_000, 5));

            var called = Called.millrace("replay", "--spec", spec, "--train-share", "all", file);

            assertThat(line(called, "learned")).startsWith("learned     2,000 examples in ");
            assertThat(called.out()).doesNotContain("validation", "not learned");
        }
    }

    @Nested
    class Bad_events {
        @Test
        void are_counted_with_their_reasons_and_fail_nothing() throws IOException {
            var rows = new ArrayList<>(FlightFiles.rows(10, 5));
            rows.add(3, "16305121,soon,405,MCI,MDW");
            var file = file("flights.csv", rows);

            var called = Called.millrace("replay", "--spec", spec, file);

            assertThat(called.exitCode()).isZero();
            assertThat(called.out())
                    .contains("bad events  1, the first of them:\n  " + file
                            + " row 4: delay = \"soon\" is not a number\n");
        }
    }

    @Nested
    class A_feature {
        @Test
        void that_no_event_has_is_told() throws IOException {
            var misspelt = Files.writeString(folder.resolve("clicks.yaml"), """
                    model: clicks
                    events: { topic: clicks, format: json }
                    split: { group: [user] }
                    label: { field: y, above: 0 }
                    features: [{ category: user }, { category: place }, { cross: [user, colour] }]
                    """);
            var first = Files.writeString(folder.resolve("first.jsonl"), "{\"user\":1,\"place\":2,\"y\":1}\n");
            var second = Files.writeString(folder.resolve("second.jsonl"), "{\"user\":1,\"y\":0}\n");

            var called = Called.millrace(
                    "replay",
                    "--spec",
                    misspelt.toString(),
                    "--train-share",
                    "all",
                    first.toString(),
                    second.toString());

            assertThat(called.out())
                    .contains("never there colour: no event has had it, though features read it. Is it misspelt?\n")
                    .doesNotContain("place");
        }

        @Test
        void is_none_of_that_where_every_event_is_bad() throws IOException {
            var spec = Files.writeString(folder.resolve("clicks.yaml"), """
                    model: clicks
                    events: { topic: clicks, format: json }
                    split: { group: [usr] }
                    label: { field: y, above: 0 }
                    features: [{ category: user }]
                    """);
            var events = Files.writeString(folder.resolve("events.jsonl"), "{\"user\":1,\"y\":1}\n");

            var called = Called.millrace("replay", "--spec", spec.toString(), events.toString());

            assertThat(called.out()).contains("bad events  1").doesNotContain("never there");
        }
    }

    @Nested
    class The_model {
        @Test
        void is_written_where_it_is_wanted() throws IOException {
            var file = file("flights.csv", FlightFiles.rows(2_000, 5));
            var out = folder.resolve("model");

            var called = Called.millrace("replay", "--spec", spec, "--out", out.toString(), file);

            assertThat(line(called, "written to")).isEqualTo("written to  " + out);
            var manifest = ModelFiles.read(out).manifest();
            assertThat(line(called, "digest")).isEqualTo("digest      " + Figures.digest(manifest.getDigest()));
        }

        @Test
        void is_not_written_where_nothing_was_learned() throws IOException {
            var out = folder.resolve("model");

            var called =
                    Called.millrace("replay", "--spec", spec, "--out", out.toString(), file("flights.csv", List.of()));

            assertThat(called.exitCode()).isEqualTo(1);
            assertThat(called.err()).isEqualTo("nothing was learned: no model was written to " + out + "\n");
            assertThat(out).doesNotExist();
        }
    }

    @Nested
    class Nothing_learned {
        @Test
        void is_a_failure() throws IOException {
            var called = Called.millrace("replay", "--spec", spec, file("flights.csv", List.of()));

            assertThat(called.exitCode()).isEqualTo(1);
            assertThat(called.err())
                    .isEqualTo("nothing was learned: expected events with a label, the field delay,"
                            + " in groups to learn from\n");
        }
    }

    @Nested
    class The_curve {
        @Test
        void is_written_as_csv() throws IOException {
            var curve = folder.resolve("curve.csv");
            var file = file("flights.csv", FlightFiles.rows(20_500, 5));

            Called.millrace("replay", "--spec", spec, "--train-share", "all", "--curve", curve.toString(), file);

            assertThat(Files.readAllLines(curve))
                    .hasSize(3)
                    .first()
                    .isEqualTo("examples,log-loss,log-loss.decayed,log-loss.constant");
        }
    }
}
