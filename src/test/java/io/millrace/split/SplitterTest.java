package io.millrace.split;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.event.BadEvent;
import io.millrace.event.EventReading;
import io.millrace.event.EventsConfig;
import io.millrace.event.EventsConfig.Format;
import io.millrace.event.Fields;
import io.millrace.event.LabelConfig;
import io.millrace.event.TimeConfig.Unit;
import io.millrace.feature.ExampleText;
import io.millrace.feature.Examples;
import io.millrace.feature.FeatureConfig;
import io.millrace.feature.FeatureEncoder;
import io.millrace.schema.Block;
import io.millrace.split.DedupeConfig.Across;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SplitterTest {
    private static final int BITS = 18;
    private static final Fields FIELDS = new Fields(List.of("user", "label", "text", "size"));
    private static final List<FeatureConfig> FEATURES = List.of(
            new FeatureConfig.Category("user"),
            new FeatureConfig.Text("text"),
            new FeatureConfig.Number("size", FeatureConfig.Scale.STANDARD));

    private final Map<Split, List<Block>> blocks = new EnumMap<>(Split.class);
    private final Splitter splitter = splitter(List.of(), 0.25, 0.25);

    private Splitter splitter(List<String> id, double validation, double test) {
        return splitter(id, validation, test, null);
    }

    private Splitter splitter(List<String> id, double validation, double test, @Nullable Ids known) {
        var events = new EventsConfig("clicks", Format.JSON, Optional.empty(), id, Optional.empty(), Optional.empty());
        var label = new LabelConfig("label", OptionalDouble.empty());
        var config = new SplitConfig(List.of("user"), "s", 1 - validation - test, validation, test, Optional.empty());
        var reading = new ExampleReading(
                new EventReading(events, label, null, FIELDS),
                new FeatureEncoder(FEATURES, FIELDS, BITS, Unit.MILLISECONDS),
                new GroupSplit(config, FIELDS),
                FIELDS,
                id,
                Set.of("user", "text", "size"),
                "clicks",
                2,
                known);
        return new Splitter(
                reading,
                1,
                "main",
                9,
                "clicks",
                2,
                (split, block) ->
                        blocks.computeIfAbsent(split, any -> new ArrayList<>()).add(block));
    }

    private void accept(Splitter to, String json, long offset) {
        var bytes = json.getBytes(UTF_8);
        to.accept(bytes, 0, bytes.length, offset, 1_000 + offset);
    }

    private void accept(String json, long offset) {
        accept(splitter, json, offset);
    }

    private static String click(int user, int label) {
        return "{\"user\":\"u%d\",\"label\":%d,\"text\":\"a b a\",\"size\":3.5}".formatted(user, label);
    }

    private List<Block> all() {
        return blocks.values().stream().flatMap(List::stream).toList();
    }

    private static Examples read(Block block) {
        var examples = new Examples(1);
        var indices = FeatureEncoder.numbers(FEATURES, BITS).stream()
                .mapToInt(number -> number.index())
                .toArray();
        Blocks.decode(block, BITS, indices, examples);
        return examples;
    }

    @Nested
    class An_event {
        @Test
        void becomes_an_example_in_the_split_of_its_group() {
            for (var user = 0; user < 100; user++) {
                accept(click(user, user % 2), user);
            }
            splitter.flush();

            var groups =
                    new GroupSplit(new SplitConfig(List.of("user"), "s", 0.5, 0.25, 0.25, Optional.empty()), FIELDS);
            assertThat(blocks.keySet()).containsExactly(Split.TRAIN, Split.VALIDATION, Split.TEST);
            blocks.forEach((split, some) -> {
                var examples = read(some.getFirst());
                for (var i = 0; i < examples.size; i++) {
                    assertThat(groups.of(examples.groups[i])).isEqualTo(split);
                }
            });
            assertThat(all().stream().mapToInt(Block::getCount).sum()).isEqualTo(100);
        }

        @Test
        void may_lack_a_field_but_if_all_do_it_shows() {
            accept("{\"user\":\"u1\",\"label\":1}", 1);
            assertThat(splitter.seen().never()).containsExactly("size", "text");

            accept("{\"user\":\"u1\",\"label\":1,\"text\":\"a\"}", 2);
            assertThat(splitter.seen().never()).containsExactly("size");

            accept("{\"user\":\"u1\",\"label\":1,\"size\":0}", 3);
            assertThat(splitter.seen().never()).isEmpty();
            assertThat(splitter.seen().events()).isEqualTo(3);
        }

        @Test
        void keeps_its_label_its_time_and_its_features() {
            accept(click(1, 4), 17);
            splitter.flush();

            var example = read(all().getFirst());
            assertThat(example.labels[0]).isEqualTo(4);
            assertThat(example.weights[0]).isEqualTo(1);
            assertThat(example.times[0]).isEqualTo(1_017);
            assertThat(example.rows[1]).isEqualTo(6); // the number, the constant, the user, three tokens
            assertThat(example.values[0]).isEqualTo(3.5f);
        }

        @Test
        void without_a_label_becomes_none() {
            accept("{\"user\":\"u1\",\"text\":\"a\",\"size\":1}", 1);
            accept("{\"user\":\"u1\",\"label\":null}", 2);

            splitter.flush();

            assertThat(blocks).isEmpty();
        }

        @Test
        void that_is_bad_leaves_nothing_behind() {
            accept(click(1, 0), 1);
            assertThatThrownBy(() -> accept("{\"user\":\"u1\",\"label\":0,\"text\":\"a\",\"size\":\"big\"}", 2))
                    .isInstanceOf(BadEvent.class);
            assertThatThrownBy(() -> accept("{\"user\":\"\",\"label\":0}", 3)).isInstanceOf(BadEvent.class);
            accept(click(1, 1), 4);
            splitter.flush();

            blocks.clear();
            var clean = splitter(List.of(), 0.25, 0.25);
            accept(clean, click(1, 0), 1);
            accept(clean, click(1, 1), 4);
            var before = all();
            clean.flush();

            assertThat(before).isEmpty();
            assertThat(all())
                    .singleElement()
                    .satisfies(block -> assertThat(read(block).size).isEqualTo(2));
        }

        @Test
        void with_an_id_has_the_hash_of_its_fields_wherever_it_stands() {
            var byUser = splitter(List.of("user", "label"), 0, 0);
            accept(byUser, click(1, 0), 1);
            accept(byUser, click(1, 0), 2);
            accept(byUser, click(1, 1), 3);
            byUser.flush();

            var ids = read(all().getFirst()).ids;

            assertThat(ids[0]).isEqualTo(ids[1]).isNotEqualTo(ids[2]);
        }

        @Test
        void without_an_id_has_the_hash_of_where_it_stands() {
            accept(click(1, 0), 17);
            splitter.flush();

            assertThat(read(all().getFirst()).ids[0]).isEqualTo(new KeyHash(List.of(), FIELDS).of("clicks-2-17"));
        }

        @Test
        void with_too_many_features_is_a_bad_event() {
            var text = "a ".repeat(32_700);
            assertThatThrownBy(() -> accept(
                            "{\"user\":\"u1\",\"label\":0,\"text\":\"" + text + "b " + "c ".repeat(66) + "\"}", 1))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("the event has 32770 features: expected at most 32768");
            splitter.flush();

            assertThat(blocks).isEmpty();
        }
    }

    @Nested
    class A_duplicate {
        private final Seen seen = new Seen(new DedupeConfig(Duration.ofHours(1), Across.PARTITION, 10_000));
        private final Splitter deduping = splitter(List.of("user", "text"), 0, 0, seen);

        private int examples() {
            deduping.flush();
            return all().stream().mapToInt(Block::getCount).sum();
        }

        @Test
        void is_dropped_and_counted() {
            accept(deduping, click(1, 0), 1);
            accept(deduping, click(1, 1), 2);
            accept(deduping, click(2, 0), 3);
            accept(deduping, click(1, 0), 4);

            assertThat(examples()).isEqualTo(2);
            assertThat(all()).extracting(Block::getLastOffset).containsExactly(3L);
            assertThat(seen.duplicates()).isEqualTo(2);
        }

        @Test
        void of_an_event_without_a_label_is_none() {
            accept(deduping, "{\"user\":\"u1\",\"text\":\"a b a\",\"size\":3.5}", 1);
            accept(deduping, click(1, 0), 2);
            accept(deduping, "{\"user\":\"u1\",\"text\":\"a b a\",\"size\":3.5}", 3);

            assertThat(examples()).isEqualTo(1);
            assertThat(seen.duplicates()).isZero();
        }

        @Test
        void of_an_event_that_was_bad_is_none() {
            assertThatThrownBy(() -> accept(deduping, click(1, 0).replace("3.5", "\"big\""), 1))
                    .isInstanceOf(BadEvent.class);
            accept(deduping, click(1, 0), 2);

            assertThat(examples()).isEqualTo(1);
        }

        @Test
        void cannot_be_told_without_an_id() {
            assertThatThrownBy(() -> accept(deduping, "{\"user\":\"u1\",\"label\":1,\"size\":1}", 1))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage(
                            "text is missing: expected a value, since it is part of the id and duplicates are dropped");
            var byText = splitter(List.of("text"), 0, 0, seen);
            assertThatThrownBy(() -> accept(byText, "{\"user\":\"u1\",\"label\":1,\"text\":\"\",\"size\":1}", 1))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("text is empty: expected an id, since duplicates are dropped");

            assertThat(examples()).isZero();
            assertThat(seen.size()).isZero();
        }

        @Test
        void stays_where_none_is_to_be_dropped() {
            var other = splitter(List.of("user", "text"), 0, 0);
            accept(other, click(1, 0), 1);
            accept(other, click(1, 0), 2);
            accept(other, "{\"user\":\"u1\",\"label\":1,\"size\":1}", 3);
            other.flush();

            assertThat(all()).extracting(Block::getCount).containsExactly(3);
        }
    }

    @Nested
    class A_block {
        private final Splitter toTrain = splitter(List.of(), 0, 0);

        @Test
        void leaves_when_it_is_full() {
            for (var offset = 0; offset < 2_500; offset++) {
                accept(toTrain, click(offset, 0), 10L * offset);
            }

            assertThat(all()).extracting(Block::getCount).containsExactly(1024, 1024);
            assertThat(all()).extracting(Block::getFirstOffset).containsExactly(0L, 10_240L);
            assertThat(all()).extracting(Block::getLastOffset).containsExactly(10_230L, 20_470L);
        }

        @Test
        void leaves_when_it_has_many_entries_and_stays_under_a_mebibyte() throws Exception {
            var text = "word ".repeat(13_000);
            for (var offset = 0; offset < 60; offset++) {
                accept(toTrain, "{\"user\":\"u1\",\"label\":0,\"text\":\"" + text + "\"}", offset);
            }
            toTrain.flush();

            assertThat(all()).hasSizeGreaterThan(5);
            for (var block : all()) {
                assertThat(block.toByteBuffer().remaining()).isLessThan(1_000_000);
            }
        }

        @Test
        void that_is_cut_by_a_flush_goes_on_as_another_with_the_same_examples() {
            for (var offset = 0; offset < 300; offset++) {
                accept(toTrain, click(offset, offset % 2), offset);
                if (offset % 70 == 0) {
                    toTrain.flush();
                }
            }
            toTrain.flush();
            toTrain.flush();
            var cut = all().stream()
                    .flatMap(block -> ExampleText.of(read(block)).stream())
                    .toList();

            blocks.clear();
            var whole = splitter(List.of(), 0, 0);
            for (var offset = 0; offset < 300; offset++) {
                accept(whole, click(offset, offset % 2), offset);
            }
            whole.flush();

            assertThat(cut).isEqualTo(ExampleText.of(read(all().getFirst())));
        }

        @Test
        void says_from_which_to_which_offset_it_goes() {
            accept(toTrain, click(1, 0), 5);
            accept(toTrain, click(2, 0), 9);
            toTrain.flush();
            accept(toTrain, click(3, 0), 12);
            toTrain.flush();

            assertThat(all()).extracting(Block::getFirstOffset).containsExactly(5L, 12L);
            assertThat(all()).extracting(Block::getLastOffset).containsExactly(9L, 12L);
        }

        @Test
        void that_is_cleared_never_leaves() {
            accept(toTrain, click(1, 0), 5);

            toTrain.clear();
            accept(toTrain, click(2, 0), 6);
            toTrain.flush();

            assertThat(all()).singleElement().satisfies(block -> {
                assertThat(block.getCount()).isEqualTo(1);
                assertThat(block.getFirstOffset()).isEqualTo(6);
            });
        }
    }
}
