package io.millrace.replay;

import static io.millrace.replay.FlightFiles.SPEC;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.event.EventsConfig.Format;
import io.millrace.kernel.KernelChoice;
import io.millrace.learn.Trainer;
import io.millrace.schema.Block;
import io.millrace.schema.TrainerState;
import io.millrace.spec.Spec;
import io.millrace.split.DedupeConfig;
import io.millrace.split.Split;
import io.millrace.split.SplitConfig;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileReplayTest {
    private static final List<String> ROWS = FlightFiles.rows(3_000, 1);

    @TempDir
    private Path folder;

    private Path file(String name, List<String> rows) throws IOException {
        return FlightFiles.write(folder.resolve(name), rows);
    }

    private static Replay replay(Spec spec, OffsetRange range, Path... files) throws IOException {
        try (var source = new FileSource(spec, List.of(files), range, Map.of())) {
            return new Replay(spec).run(source, (_, _) -> {});
        }
    }

    private static Replay replay(Path... files) throws IOException {
        return replay(SPEC, OffsetRange.ALL, files);
    }

    private static Spec allInTrain() {
        return SPEC.withSplit(SPEC.split().withShares(1, 0, 0));
    }

    private static TrainerState state(Replay replay) {
        return replay.trainer().state();
    }

    private static void learn(Replay replay, Block block) {
        try {
            replay.block(block, 0);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    @Nested
    class Duplicates {
        private static Spec dropping() {
            var split = SPEC.split();
            return SPEC.withSplit(new SplitConfig(
                    split.group(),
                    split.salt(),
                    split.train(),
                    split.validation(),
                    split.test(),
                    Optional.of(new DedupeConfig(Duration.ofDays(1), DedupeConfig.Across.PARTITION, 10_000))));
        }

        @Test
        void are_not_learned_in_whatever_file_they_are() throws IOException {
            var first = file("first.csv", ROWS.subList(0, 1_000));
            var second = file("second.csv", ROWS.subList(500, 1_500));

            var replay = replay(dropping(), OffsetRange.ALL, first, second);

            assertThat(replay.unlearned()).containsEntry("duplicate", 500L);
            assertThat(state(replay)).isEqualTo(state(replay(file("whole.csv", ROWS.subList(0, 1_500)))));
        }

        @Test
        void are_learned_where_the_spec_says_nothing() throws IOException {
            var twice = file("twice.csv", ROWS.subList(0, 100));

            assertThat(replay(twice, twice).unlearned()).containsEntry("duplicate", 0L);
        }
    }

    @Nested
    class The_same_rows {
        @ParameterizedTest
        @ValueSource(strings = {"flights.jsonl", "flights.avro", "flights.csv.gz", "flights.jsonl.gz"})
        void give_the_same_bits_in_every_format(String name) throws IOException {
            var csv = replay(file("expected.csv", ROWS));

            var other = replay(file(name, ROWS));

            assertThat(other.trainer().digest()).isEqualTo(csv.trainer().digest());
            assertThat(state(other)).isEqualTo(state(csv));
            assertThat(other.validation()).isEqualTo(csv.validation());
        }

        @Test
        void give_the_same_bits_in_several_files() throws IOException {
            var whole = replay(file("whole.csv", ROWS));

            var parts =
                    replay(file("first.csv", ROWS.subList(0, 1_000)), file("second.jsonl", ROWS.subList(1_000, 3_000)));

            assertThat(parts.trainer().digest()).isEqualTo(whole.trainer().digest());
            assertThat(parts.logOffset()).isEqualTo(3_000);
        }

        @Test
        void give_the_same_bits_as_blocks() throws IOException {
            var events = replay(file("flights.csv", ROWS));
            var blocks = new Replay(SPEC);
            var splitter = SPEC.splitter("main", "flights", 0, (split, block) -> {
                if (split == Split.TRAIN) {
                    learn(blocks, block);
                }
            });

            var offset = 0;
            for (var value : FlightFiles.values(file("again.csv", ROWS), Format.AVRO)) {
                splitter.accept(value, 0, value.length, offset++, 0);
            }
            splitter.flush();

            assertThat(blocks.trainer().digest()).isEqualTo(events.trainer().digest());
            assertThat(state(blocks)).isEqualTo(state(events));
        }

        @Test
        void give_other_bits_in_another_order() throws IOException {
            var shuffled = new ArrayList<>(ROWS);
            Collections.swap(shuffled, 0, 1_500);

            assertThat(replay(file("shuffled.csv", shuffled)).trainer().digest())
                    .isNotEqualTo(replay(file("flights.csv", ROWS)).trainer().digest());
        }
    }

    @Nested
    class Every_row {
        @Test
        void is_learned_or_accounted_for() throws IOException {
            var replay = replay(file("flights.csv", ROWS));

            var unlearned = replay.unlearned();
            assertThat(unlearned.get("validation")).isPositive();
            assertThat(unlearned.get("test")).isPositive();
            assertThat(replay.trainer().examples())
                    .isEqualTo(3_000 - unlearned.get("validation") - unlearned.get("test"));
        }

        @Test
        void is_learned_where_all_groups_train() throws IOException {
            var replay = replay(allInTrain(), OffsetRange.ALL, file("flights.csv", ROWS));

            assertThat(replay.trainer().examples()).isEqualTo(3_000);
            assertThat(replay.validation()).isEmpty();
        }
    }

    @Nested
    class A_validation_example {
        private static boolean isOf(Split split, String row) {
            var cells = row.split(",", -1);
            return splitOf(cells[3], cells[4]) == split;
        }

        private static Split splitOf(String origin, String destination) {
            var fields = SPEC.fields();
            var row = new io.millrace.event.Row(fields);
            row.setText(fields.slot("origin"), origin.getBytes(UTF_8), 0, 3);
            row.setText(fields.slot("destination"), destination.getBytes(UTF_8), 0, 3);
            var groups = new io.millrace.split.GroupSplit(SPEC.split(), fields);
            return groups.of(groups.group(row));
        }

        private final List<String> train =
                ROWS.stream().filter(row -> isOf(Split.TRAIN, row)).toList();
        private final List<String> validation =
                ROWS.stream().filter(row -> isOf(Split.VALIDATION, row)).toList();

        @Test
        void is_scored_by_the_model_before_what_comes_later() throws IOException {
            var validationFirst = new ArrayList<>(validation);
            validationFirst.addAll(train);

            var replay = replay(file("flights.csv", validationFirst));

            assertThat(replay.validation().get("log-loss")).isCloseTo(Math.log(2), within(1e-6));
        }

        @Test
        void is_scored_by_what_came_before_to_the_last_row() throws IOException {
            var last = new ArrayList<>(train);
            last.add(validation.getFirst());

            var replay = replay(file("flights.csv", last));

            var learned = replay(file("train.csv", train)).trainer();
            assertThat(replay.validation().get("log-loss")).isEqualTo(logLoss(learned, validation.getFirst()));
        }

        private double logLoss(Trainer learned, String row) throws IOException {
            var fields = SPEC.fields();
            var batch = new io.millrace.feature.Examples(1);
            var value = FlightFiles.values(file("one.csv", List.of(row)), Format.AVRO)
                    .getFirst();
            SPEC.examples(SPEC.reading(fields), fields, "flights", 0, null)
                    .read(value, 0, value.length, 0, 0, _ -> batch);
            var prediction = learned.predict(batch, 0);
            return -StrictMath.log(batch.labels[0] == 1 ? prediction : 1 - (double) prediction);
        }

        @Test
        void changes_no_weight() throws IOException {
            var mixed = ROWS.stream().filter(row -> !isOf(Split.TEST, row)).toList();

            assertThat(replay(file("mixed.csv", mixed)).trainer().digest())
                    .isEqualTo(replay(file("train.csv", train)).trainer().digest());
        }
    }

    @Nested
    class A_range_of_rows {
        @Test
        void learns_only_these() throws IOException {
            var file = file("flights.csv", ROWS);

            var replay = replay(SPEC, new OffsetRange(OptionalLong.of(500), OptionalLong.of(900)), file);

            assertThat(replay.trainer().digest())
                    .isEqualTo(replay(file("part.csv", ROWS.subList(500, 900)))
                            .trainer()
                            .digest());
            assertThat(replay.logOffset()).isEqualTo(900);
        }

        @Test
        void may_not_end_before_it_begins() throws IOException {
            var file = file("flights.csv", ROWS);

            assertThatThrownBy(() -> replay(SPEC, new OffsetRange(OptionalLong.of(9), OptionalLong.of(5)), file))
                    .isInstanceOf(ReplayException.class)
                    .hasMessage("offsets 9 to 5 are not in the files: expected a range within 0 to 5");
        }
    }

    @Nested
    class A_range_of_times {
        @Test
        void learns_only_events_within() throws IOException {
            var minute = 60_000L;
            var replay = new Replay(
                    SPEC,
                    new TimeRange((16_305_121 + 500) * minute, (16_305_121 + 900) * minute),
                    null,
                    KernelChoice.AUTO);

            try (var source = new FileSource(SPEC, List.of(file("flights.csv", ROWS)), OffsetRange.ALL, Map.of())) {
                replay.run(source, (_, _) -> {});
            }

            assertThat(replay.trainer().digest())
                    .isEqualTo(replay(file("part.csv", ROWS.subList(500, 900)))
                            .trainer()
                            .digest());
            assertThat(replay.unlearned()).containsEntry("outside", 2_600L);
        }

        @Test
        void may_not_be_empty() {
            assertThatThrownBy(() -> new TimeRange(0, 0))
                    .isInstanceOf(ReplayException.class)
                    .hasMessage(
                            "the time range from 1970-01-01T00:00:00Z to 1970-01-01T00:00:00Z is empty: expected to after from");
        }
    }

    @Nested
    class A_bad_event {
        @Test
        void is_counted_with_its_place_and_changes_nothing_else() throws IOException {
            var rows = new ArrayList<>(ROWS);
            rows.add(2_000, "16305121,soon,405,MCI,MDW");
            rows.add(10, "16305121,NaN,405,MCI,MDW");
            var file = file("flights.csv", rows);

            var replay = replay(file);

            assertThat(replay.bad().count()).isEqualTo(2);
            assertThat(replay.bad().reasons())
                    .containsExactly(
                            file + " row 11: delay = \"NaN\" is not a number",
                            file + " row 2002: delay = \"soon\" is not a number");
            assertThat(replay.trainer().digest())
                    .isEqualTo(replay(file("good.csv", ROWS)).trainer().digest());
        }

        @Test
        void keeps_its_reason_only_among_the_first() throws IOException {
            var replay = replay(file("flights.csv", Collections.nCopies(7, "x,1,405,MCI,MDW")));

            assertThat(replay.bad().count()).isEqualTo(7);
            assertThat(replay.bad().reasons()).hasSize(BadEvents.KEPT);
        }
    }

    @Nested
    class An_event_without_label {
        @Test
        void is_counted_and_not_learned() throws IOException {
            var rows = new ArrayList<>(ROWS);
            rows.add("16305121,,405,MCI,MDW");

            var replay = replay(file("flights.csv", rows));

            assertThat(replay.unlearned()).containsEntry("unlabelled", 1L);
            assertThat(replay.bad().count()).isZero();
        }
    }

    @Nested
    class The_curve {
        @Test
        void has_a_point_every_so_many_examples() throws IOException {
            var text = new StringWriter();
            var spec = allInTrain();
            var file = file("long.csv", FlightFiles.rows(20_500, 2));

            try (var curve = new LossCurve(text, "log-loss");
                    var source = new FileSource(spec, List.of(file), OffsetRange.ALL, Map.of())) {
                new Replay(spec, TimeRange.ALL, curve, KernelChoice.AUTO).run(source, (_, _) -> {});
            }

            assertThat(text.toString()).startsWith("examples,log-loss,log-loss.decayed,log-loss.constant\n");
            assertThat(text.toString().lines().map(line -> line.substring(0, line.indexOf(','))))
                    .containsExactly("examples", "10000", "20000");
        }
    }

    @Nested
    class A_file {
        @Test
        void must_exist() {
            var missing = folder.resolve("missing.csv");

            assertThatThrownBy(() -> replay(missing))
                    .isInstanceOf(ReplayException.class)
                    .hasMessage("file " + missing + " can't be read: expected an existing file");
        }

        @Test
        void must_have_the_columns_that_the_spec_names() throws IOException {
            var file = Files.writeString(
                    folder.resolve("other.csv"), "date_epoch_minutes,delay,distance,origin,destination\n");

            assertThatThrownBy(() -> replay(file))
                    .isInstanceOf(ReplayException.class)
                    .hasMessageStartingWith("file " + file + ": ");
        }

        @Test
        void may_have_columns_of_other_names() throws IOException {
            var text = Files.readString(file("flights.csv", ROWS)).replace("date,", "date_epoch_minutes,");
            var renamed = Files.writeString(folder.resolve("renamed.csv"), text);

            Replay replay;
            try (var source =
                    new FileSource(SPEC, List.of(renamed), OffsetRange.ALL, Map.of("date_epoch_minutes", "date"))) {
                replay = new Replay(SPEC).run(source, (_, _) -> {});
            }

            assertThat(replay.trainer().digest())
                    .isEqualTo(replay(file("again.csv", ROWS)).trainer().digest());
        }

        @Test
        void tells_how_far_it_is_read() throws IOException {
            var fractions = new ArrayList<Double>();

            try (var source = new FileSource(
                    SPEC, List.of(file("flights.csv", FlightFiles.rows(20_000, 3))), OffsetRange.ALL, Map.of())) {
                new Replay(SPEC).run(source, (_, fraction) -> fractions.add(fraction));
            }

            assertThat(fractions).isSorted().allMatch(fraction -> fraction > 0 && fraction <= 1);
        }
    }
}
