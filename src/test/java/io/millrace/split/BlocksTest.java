package io.millrace.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.Seed;
import io.millrace.event.Wire;
import io.millrace.feature.ExampleText;
import io.millrace.feature.Examples;
import io.millrace.schema.Block;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BlocksTest {
    private static final int BITS = 18;

    private final Random random = Seed.random();

    private static int[] numberIndices(int numbers) {
        return new Random(numbers).ints(numbers, 0, 1 << BITS).toArray();
    }

    /// @param ragged rows of different lengths, some without a hashed entry
    /// @param uniform all values and weights are 1
    private Examples examples(int count, int numbers, boolean ragged, boolean uniform) {
        var examples = new Examples(numbers);
        var indices = numberIndices(numbers);
        for (var i = 0; i < count; i++) {
            examples.begin();
            for (var k = 0; k < numbers; k++) {
                examples.add(indices[k], random.nextInt(9) == 0 ? Float.NaN : (float) random.nextGaussian());
            }
            for (var j = ragged ? random.nextInt(40) : 7; j > 0; j--) {
                examples.add(random.nextInt(1 << BITS), uniform ? 1 : random.nextFloat());
            }
            var weight = uniform ? 1 : random.nextFloat();
            examples.end(random.nextFloat(), weight, random.nextLong(), random.nextLong(), random.nextLong());
        }
        return examples;
    }

    private static Block encode(Examples examples) {
        return Blocks.encode(examples, "main", 7, "flights", 3, 40, 90);
    }

    private static void decode(Block block, Examples into) {
        Blocks.decode(block, BITS, numberIndices(into.numbers), into);
    }

    @Nested
    class A_block {
        @ParameterizedTest
        @CsvSource({
            "1024, 0, false, true",
            "1024, 1, false, true",
            "1, 2, true, false",
            "3, 0, true, true",
            "1000, 3, true, false",
            "500, 2, false, false",
            "2, 1, false, true"
        })
        void gives_back_its_examples_bit_for_bit(int count, int numbers, boolean ragged, boolean uniform) {
            var examples = examples(count, numbers, ragged, uniform);
            var read = examples(20, numbers, true, false);

            var wire = Wire.encode(Block.getEncoder(), encode(examples));
            decode(Wire.decode(Block.getDecoder(), wire), read);

            assertThat(ExampleText.of(read)).isEqualTo(ExampleText.of(examples));
        }

        @Test
        void says_where_it_comes_from() {
            var block = encode(examples(2, 0, true, true));

            assertThat(block.getLineage()).isEqualTo("main");
            assertThat(block.getSpecHash()).isEqualTo(7);
            assertThat(block.getTopic()).isEqualTo("flights");
            assertThat(block.getPartition()).isEqualTo(3);
            assertThat(block.getFirstOffset()).isEqualTo(40);
            assertThat(block.getLastOffset()).isEqualTo(90);
            assertThat(block.getCount()).isEqualTo(2);
        }

        @Test
        void leaves_out_what_is_uniform() {
            var uniform = encode(examples(5, 1, false, true));
            var ragged = encode(examples(50, 1, true, false));

            assertThat(uniform.getRows()).isNull();
            assertThat(uniform.getValues()).isNull();
            assertThat(uniform.getWeights()).isNull();
            assertThat(uniform.getIndices().remaining()).isEqualTo(5 * 7 * 4);
            assertThat(ragged.getRows()).isNotNull();
            assertThat(ragged.getValues()).isNotNull();
            assertThat(ragged.getWeights()).isNotNull();
        }

        @Test
        void is_packed_little_endian() {
            var examples = new Examples(1);
            examples.begin();
            examples.add(numberIndices(1)[0], 2);
            examples.add(0x010203, 1);
            examples.end(1, 1, 0x0102030405060708L, -1, 5);

            var block = encode(examples);

            assertThat(block.getIndices().array()).containsExactly(3, 2, 1, 0);
            assertThat(block.getNumbers().array()).containsExactly(0, 0, 0, 0x40);
            assertThat(block.getIds().array()).containsExactly(8, 7, 6, 5, 4, 3, 2, 1);
            assertThat(block.getCrc()).isEqualTo(0x87195243);
        }

        @Test
        void of_no_example_or_too_many_is_refused() {
            assertThatThrownBy(() -> encode(new Examples(0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a block of 0 examples: expected 1 to 1024");
            assertThatThrownBy(() -> encode(examples(1025, 0, false, true)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a block of 1025 examples: expected 1 to 1024");
        }
    }

    @Nested
    class A_block_that_is_broken {
        @Test
        void by_any_one_bit_is_refused() {
            var whole = encode(examples(30, 2, true, false));

            for (var column : columns(whole)) {
                for (var trial = 0; trial < 50; trial++) {
                    var at = random.nextInt(column.remaining());
                    var bit = 1 << random.nextInt(8);
                    column.put(at, (byte) (column.get(at) ^ bit));
                    var into = new Examples(2);
                    assertThatThrownBy(() -> decode(whole, into))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("crc = ");
                    assertThat(into.size).isZero();
                    column.put(at, (byte) (column.get(at) ^ bit));
                }
            }
            decode(whole, new Examples(2));
        }

        static Stream<Arguments> shapes() {
            return Stream.of(
                    shape("count = 0 is wrong: expected 1 to 1024", block -> block.setCount(0)),
                    shape("count = -1 is wrong: expected 1 to 1024", block -> block.setCount(-1)),
                    shape("count = 2000000000 is wrong: expected 1 to 1024", block -> block.setCount(2_000_000_000)),
                    shape("bytes of labels = 12 is wrong: expected 16", block -> block.setLabels(bytes(12))),
                    shape("bytes of weights = 20 is wrong: expected 16", block -> block.setWeights(bytes(20))),
                    shape("bytes of ids = 0 is wrong: expected 32", block -> block.setIds(bytes(0))),
                    shape("bytes of groups = 31 is wrong: expected 32", block -> block.setGroups(bytes(31))),
                    shape("bytes of times = 40 is wrong: expected 32", block -> block.setTimes(bytes(40))),
                    shape("bytes of numbers = 16 is wrong: expected 32", block -> block.setNumbers(bytes(16))),
                    shape("bytes of rows = 16 is wrong: expected 20", block -> block.setRows(bytes(16))),
                    shape("bytes of indices = 111 is wrong: expected 108", block -> block.setIndices(bytes(111))),
                    shape("bytes of values = 4 is wrong: expected 112", block -> block.setValues(bytes(4))),
                    shape(
                            "27 entries in 4 rows is wrong: expected equally long rows, or their starts",
                            block -> block.setIndices(bytes(108))));
        }

        private static Arguments shape(String fault, Consumer<Block.Builder> change) {
            return Arguments.of(fault, change);
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("shapes")
        void in_its_shape_is_refused_with_both_figures(String fault, Consumer<Block.Builder> change) {
            var builder = Block.newBuilder(encode(examples(4, 2, false, true)));
            change.accept(builder);
            var into = examples(3, 2, false, true);

            assertThatThrownBy(() -> decode(builder.build(), into))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("block of flights-3, offsets 40 to 90: " + fault);
            assertThat(into.size).isZero();
        }

        @ParameterizedTest
        @CsvSource({"-1", "262144", "2147483647", "-2147483648"})
        void by_an_index_beyond_the_model_is_refused(int index) {
            var block = sealed(Block.newBuilder(encode(examples(4, 2, false, true)))
                    .setIndices(Columns.room(28, 4).putInt(4 * 9, index).rewind()));

            assertThatThrownBy(() -> decode(block, new Examples(2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith("an index = " + index + " is wrong: expected 0 to 262143");
        }

        @ParameterizedTest
        @CsvSource({
            "1, 0, 7, 14, 28, start of row 0 = 1 is wrong: expected 0",
            "0, 7, 3, 14, 28, start of row 2 = 3 is wrong: expected 7 to 28",
            "0, 7, 14, 29, 28, start of row 3 = 29 is wrong: expected 14 to 28",
            "0, 7, 14, 21, 27, start of row 4 = 27 is wrong: expected 21 to 28",
            "0, 7, -7, 21, 28, start of row 2 = -7 is wrong: expected 7 to 28"
        })
        void by_rows_that_do_not_follow_each_other_is_refused(int a, int b, int c, int d, int e, String fault) {
            var rows =
                    Columns.room(5, 4).putInt(a).putInt(b).putInt(c).putInt(d).putInt(e);
            var block =
                    sealed(Block.newBuilder(encode(examples(4, 2, false, true))).setRows(rows.rewind()));

            assertThatThrownBy(() -> decode(block, new Examples(2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith(fault);
        }

        @ParameterizedTest
        @CsvSource({"NaN", "-1", "Infinity"})
        void by_a_weight_that_is_none_is_refused(float weight) {
            var block = sealed(Block.newBuilder(encode(examples(4, 2, false, true)))
                    .setWeights(Columns.room(4, 4).putFloat(8, weight)));

            assertThatThrownBy(() -> decode(block, new Examples(2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith(
                            "weight of row 2 = " + weight + " is wrong: expected a finite number from 0 on");
        }

        @Test
        void by_number_features_of_another_spec_is_refused() {
            var block = encode(examples(4, 2, false, true));

            assertThatThrownBy(() -> decode(block, new Examples(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith("bytes of numbers = 32 is wrong: expected 16");
        }

        private static ByteBuffer bytes(int count) {
            return ByteBuffer.allocate(count);
        }

        /// With the checksum that its columns have.
        private static Block sealed(Block.Builder builder) {
            var block = builder.build();
            var crc = Columns.crc(columns(block).toArray(ByteBuffer[]::new));
            return builder.setCrc(crc).build();
        }

        private static List<ByteBuffer> columns(Block block) {
            var columns = new ArrayList<ByteBuffer>();
            columns.add(block.getRows());
            columns.add(block.getIndices());
            columns.add(block.getValues());
            columns.add(block.getNumbers());
            columns.add(block.getLabels());
            columns.add(block.getWeights());
            columns.add(block.getIds());
            columns.add(block.getGroups());
            columns.add(block.getTimes());
            columns.removeIf(column -> column == null);
            return columns;
        }
    }
}
