package io.millrace.feature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.event.BadEvent;
import io.millrace.event.Fields;
import io.millrace.event.Row;
import io.millrace.event.TimeConfig;
import io.millrace.feature.FeatureConfig.Category;
import io.millrace.feature.FeatureConfig.Cross;
import io.millrace.feature.FeatureConfig.DayOfWeek;
import io.millrace.feature.FeatureConfig.HourOfDay;
import io.millrace.feature.FeatureConfig.Number;
import io.millrace.feature.FeatureConfig.Scale;
import io.millrace.feature.FeatureConfig.Text;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureEncoderTest {
    private static final Fields FIELDS = new Fields(List.of("date", "origin", "destination", "distance", "note"));
    /// 2001-01-01 00:41, a Monday, in minutes since 1970.
    private static final long DATE = 16_305_121;

    private static final int CONSTANT = 208_312;
    private static final Entry THE_CONSTANT = new Entry(CONSTANT, 1);

    private final Row row = new Row(FIELDS);

    /// The indices are what the Python package mmh3 5 gives for the formula of [Feature] and 18 bits.
    @Nested
    class A_flight {
        private void is_read() {
            row.setLong(0, DATE);
            text(1, "LAS");
            text(2, "PHL");
            row.setLong(3, 2176);
        }

        @Test
        void gives_the_entries_of_the_documents() {
            is_read();

            var entries = encode(
                    new Category("origin"),
                    new Category("destination"),
                    new Cross(List.of("origin", "destination")),
                    new HourOfDay("date"),
                    new DayOfWeek("date"),
                    new Number("distance", Scale.STANDARD));

            assertThat(entries)
                    .containsExactly(
                            new Entry(189_009, 2176),
                            THE_CONSTANT,
                            new Entry(9_875, 1),
                            new Entry(178_447, 1),
                            new Entry(34_028, 1),
                            new Entry(258_482, 1),
                            new Entry(157_614, 1));
        }

        @Test
        void crosses_time_parts() {
            is_read();

            var entries = encode(
                    new Cross(List.of("origin", "hour-of-day(date)")),
                    new Cross(List.of("origin", "hour-of-day(date)", "day-of-week(date)")));

            assertThat(entries).containsExactly(THE_CONSTANT, new Entry(98_846, 1), new Entry(25_127, 1));
        }

        @Test
        void gives_the_same_from_the_same_encoder_again() {
            is_read();
            var encoder = encoder(new Cross(List.of("origin", "destination")), new Text("note"));
            text(4, "late and late");
            var first = encode(encoder);

            var second = encode(encoder);

            assertThat(second).isEqualTo(first).hasSize(5);
        }
    }

    @Nested
    class The_names {
        private final FeatureEncoder encoder = encoder(
                new Category("origin"),
                new Cross(List.of("origin", "hour-of-day(date)", "destination")),
                new DayOfWeek("date"),
                new Text("note"),
                new Number("distance", Scale.STANDARD));

        @Test
        void are_those_of_the_entries_in_their_order() {
            row.setLong(0, DATE);
            text(1, "LAS");
            text(2, "PHL");
            text(4, "Late, late");

            assertThat(encoder.names(row))
                    .containsExactly(
                            "distance",
                            "constant",
                            "origin=LAS",
                            "origin*hour-of-day(date)*destination=LAS*0*PHL",
                            "day-of-week(date)=1",
                            "text(note)=late",
                            "text(note)=late")
                    .hasSameSizeAs(encode(encoder));
        }

        @Test
        void leave_out_what_is_missing() {
            text(2, "PHL");

            assertThat(encoder.names(row))
                    .containsExactly("distance", "constant")
                    .hasSameSizeAs(encode(encoder));
        }
    }

    @Nested
    class A_missing_value {
        @Test
        void is_no_entry_of_a_category_a_time_a_text_or_a_cross_with_it() {
            text(1, "LAS");

            var entries = encode(
                    new Category("destination"),
                    new Cross(List.of("origin", "destination")),
                    new Cross(List.of("origin", "day-of-week(date)")),
                    new HourOfDay("date"),
                    new DayOfWeek("date"),
                    new Text("note"));

            assertThat(entries).containsExactly(THE_CONSTANT);
        }

        @Test
        void is_a_number_that_is_NaN() {
            var entries = encode(new Number("distance", Scale.NONE));

            assertThat(entries).containsExactly(new Entry(189_009, Float.NaN), THE_CONSTANT);
        }
    }

    @Nested
    class A_category {
        @ParameterizedTest
        @CsvSource({"Zürich, 163570", "'', 71634"})
        void is_any_text_also_the_empty_one(String text, int index) {
            text(1, text);

            assertThat(encode(new Category("origin"))).containsExactly(THE_CONSTANT, new Entry(index, 1));
        }

        @Test
        void may_be_a_number() {
            row.setDouble(3, 2176.0);

            assertThat(encode(new Category("distance"))).containsExactly(THE_CONSTANT, new Entry(84_811, 1));
        }
    }

    @Nested
    class A_cross {
        @Test
        void tells_where_one_part_ends() {
            text(1, "ab");
            text(2, "c");
            var first = encode(new Cross(List.of("origin", "destination")));
            text(1, "a");
            text(2, "bc");

            var second = encode(new Cross(List.of("origin", "destination")));

            assertThat(second).isNotEqualTo(first);
        }

        @Test
        void takes_parts_as_long_as_a_row_may_hold() {
            text(1, "x".repeat(Row.LONGEST_TEXT));
            text(2, "y".repeat(Row.LONGEST_TEXT));

            assertThat(encode(new Cross(List.of("origin", "destination")))).hasSize(2);
        }
    }

    @Nested
    class A_text {
        @Test
        void is_its_tokens_as_often_as_they_occur() {
            text(4, "Late: 2 (LATE), Zürich-STRAẞE!");

            var entries = encode(new Text("note"));

            assertThat(entries)
                    .containsExactly(
                            THE_CONSTANT,
                            new Entry(220_179, 1),
                            new Entry(103_937, 1),
                            new Entry(220_179, 1),
                            new Entry(68_549, 1),
                            new Entry(152_282, 1));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "?!", "🚀 —"})
        void without_letters_and_digits_has_no_tokens(String text) {
            text(4, text);

            assertThat(encode(new Text("note"))).containsExactly(THE_CONSTANT);
        }
    }

    @Nested
    class A_time {
        @ParameterizedTest
        @CsvSource({
            "0, 0, 4", // 1970-01-01 was a Thursday
            "1439, 23, 4",
            "1440, 0, 5",
            "-1, 23, 3",
            "-1440, 0, 3",
            "16305121, 0, 1",
        })
        void is_taken_as_it_is(long minutes, int hour, int day) {
            row.setLong(0, minutes);
            var entries = encode(new HourOfDay("date"), new DayOfWeek("date"));

            assertThat(entries)
                    .containsExactly(
                            THE_CONSTANT,
                            new Entry(hash("hour-of-day(date)", hour), 1),
                            new Entry(hash("day-of-week(date)", day), 1));
        }

        private int hash(String name, int value) {
            int seed = Murmur3.hash32(name.getBytes(UTF_8), 0, name.length(), 0);
            var text = Integer.toString(value).getBytes(UTF_8);
            return Murmur3.hash32(text, 0, text.length, seed) & 0x3ffff;
        }

        @Test
        void that_is_none_is_a_bad_event() {
            text(0, "noon");

            assertThatThrownBy(() -> encode(new HourOfDay("date")))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("date = \"noon\" is not a number");
        }
    }

    @Nested
    class A_number {
        @Test
        void that_is_none_is_a_bad_event() {
            text(3, "far");

            assertThatThrownBy(() -> encode(new Number("distance", Scale.NONE)))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("distance = \"far\" is not a number");
        }

        @Test
        void comes_before_all_others_in_the_order_of_the_spec() {
            List<FeatureConfig> features = List.of(
                    new Category("origin"), new Number("distance", Scale.STANDARD), new Number("date", Scale.NONE));

            var numbers = FeatureEncoder.numbers(features, 18);

            assertThat(numbers).hasSize(2).first().isEqualTo(new NumberFeature(189_009, Scale.STANDARD));
            row.setLong(0, DATE);
            assertThat(encode(features.toArray(FeatureConfig[]::new)))
                    .extracting(Entry::index)
                    .containsExactly(189_009, numbers.get(1).index(), CONSTANT);
        }
    }

    @Nested
    class Bits {
        @ParameterizedTest
        @ValueSource(ints = {1, 28})
        void bound_the_index(int bits) {
            text(1, "LAS");
            var encoder = new FeatureEncoder(List.of(new Category("origin")), FIELDS, bits, TimeConfig.Unit.MINUTES);

            assertThat(encode(encoder)).extracting(Entry::index).allMatch(index -> index >= 0 && index >> bits == 0);
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 29})
        void out_of_range_are_refused(int bits) {
            assertThatThrownBy(() -> new FeatureEncoder(List.of(), FIELDS, bits, TimeConfig.Unit.MINUTES))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("bits = " + bits + " is out of range: expected 1 to 28");
        }
    }

    @Nested
    class A_list_of_features {
        @Test
        void with_one_twice_is_refused() {
            assertThatThrownBy(
                            () -> encoder(new Number("distance", Scale.NONE), new Number("distance", Scale.STANDARD)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("feature distance is listed twice");
        }

        @Test
        void with_a_field_that_is_not_read_is_refused() {
            assertThatThrownBy(() -> encoder(new Cross(List.of("origin", "hour-of-day(time)"))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("field time is not among the fields that are read: "
                            + "[date, origin, destination, distance, note]");
        }
    }

    private record Entry(int index, float value) {}

    private void text(int slot, String text) {
        var bytes = text.getBytes(UTF_8);
        row.setText(slot, bytes, 0, bytes.length);
    }

    private static FeatureEncoder encoder(FeatureConfig... features) {
        return new FeatureEncoder(List.of(features), FIELDS, 18, TimeConfig.Unit.MINUTES);
    }

    private List<Entry> encode(FeatureConfig... features) {
        return encode(encoder(features));
    }

    private List<Entry> encode(FeatureEncoder encoder) {
        var examples = new Examples(0);
        examples.begin();
        encoder.encode(row, examples);
        examples.end(1, 1, 0, 0, 0);
        var entries = new ArrayList<Entry>();
        for (int i = 0; i < examples.rows[1]; i++) {
            entries.add(new Entry(examples.indices[i], examples.values[i]));
        }
        return entries;
    }
}
