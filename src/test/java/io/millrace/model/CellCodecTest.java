package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.Seed;
import io.millrace.learn.Cells;
import io.millrace.schema.StatePage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CellCodecTest {
    private static Cells sparse(int bits, int stride, double share) {
        var random = Seed.random();
        var cells = new Cells(bits, stride);
        for (var i = 0; i < cells.data.length; i++) {
            if (random.nextDouble() < share) {
                cells.data[i] = (float) random.nextGaussian();
            }
        }
        for (var page = 0; page < cells.pages(); page++) {
            cells.rewrite(page);
        }
        return cells;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        var bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    @Nested
    class A_page {
        @ParameterizedTest
        @CsvSource({"1, 1, 0.5", "3, 2, 0.5", "10, 1, 0.1", "12, 1, 0", "12, 1, 0.01", "12, 3, 0.3", "12, 2, 1"})
        void comes_back_with_the_same_bits(int bits, int stride, double share) {
            var cells = sparse(bits, stride, share);

            var restored = new Cells(bits, stride);
            for (var page = 0; page < cells.pages(); page++) {
                CellCodec.decode(CellCodec.encode(cells, page), restored);
            }

            assertThat(restored.data).containsExactly(cells.data);
            assertThat(restored.digest()).isEqualTo(cells.digest());
        }

        @Test
        void keeps_the_sign_of_zero() {
            var cells = new Cells(4, 1);
            cells.data[3] = -0f;

            var restored = new Cells(4, 1);
            CellCodec.decode(CellCodec.encode(cells, 0), restored);

            assertThat(Float.floatToRawIntBits(restored.data[3])).isEqualTo(Float.floatToRawIntBits(-0f));
        }

        @Test
        void empties_the_cells_that_it_does_not_have_and_no_other_page() {
            var page = CellCodec.encode(new Cells(12, 1), 1);
            var cells = sparse(12, 1, 1);
            var before = cells.data.clone();

            CellCodec.decode(page, cells);

            assertThat(cells.data).startsWith(Arrays.copyOf(before, 1024));
            assertThat(Arrays.copyOfRange(cells.data, 1024, 2048)).containsOnly(0);
            assertThat(Arrays.copyOfRange(cells.data, 2048, 4096))
                    .containsExactly(Arrays.copyOfRange(before, 2048, 4096));
        }

        @Test
        void restored_twice_changes_nothing_and_is_not_dirty() {
            var page = CellCodec.encode(sparse(11, 2, 0.2), 1);
            var once = new Cells(11, 2);
            CellCodec.decode(page, once);

            var twice = new Cells(11, 2);
            CellCodec.decode(page, twice);
            CellCodec.decode(page, twice);

            assertThat(twice.data).containsExactly(once.data);
            assertThat(twice.changed(1, Cells.STORE)).isFalse();
            assertThat(twice.changed(1, Cells.VERSION)).isTrue();
        }

        @Test
        void renews_the_digest() {
            var cells = sparse(11, 1, 0.5);
            var empty = CellCodec.encode(new Cells(11, 1), 0);
            cells.digest();

            CellCodec.decode(empty, cells);

            var expected = 0L;
            for (var index = 0; index < cells.data.length; index++) {
                expected += Cells.mix(index, cells.data[index]);
            }
            assertThat(cells.digest()).isEqualTo(expected);
        }

        @Test
        void is_written_as_the_schema_says() {
            var cells = new Cells(11, 2);
            cells.data[2 * (1024 + 1)] = 1;
            cells.data[2 * (1024 + 129)] = -2.5f;
            cells.data[2 * (1024 + 129) + 1] = 3;
            cells.data[2 * (1024 + 1000) + 1] = 0.5f;

            var page = CellCodec.encode(cells, 1);

            var indices = HexFormat.of().parseHex("01" + "8001" + "e706"); // 1, then 128 and 871 more
            var values = HexFormat.of()
                    .parseHex("0000803f" + "00000000" + "000020c0" + "00004040" + "00000000" + "0000003f");
            var crc = new CRC32C();
            crc.update(indices);
            crc.update(values);
            assertThat(page.getPage()).isEqualTo(1);
            assertThat(page.getStride()).isEqualTo(2);
            assertThat(page.getCount()).isEqualTo(3);
            assertThat(bytes(page.getIndices())).containsExactly(indices);
            assertThat(bytes(page.getValues())).containsExactly(values);
            assertThat(page.getCrc()).isEqualTo((int) crc.getValue());
        }
    }

    @Nested
    class A_broken_page {
        private final Cells cells = sparse(11, 1, 0.3);
        private final StatePage page = CellCodec.encode(sparse(11, 1, 0.2), 1);
        private final float[] before = cells.data.clone();

        private void isRefused(StatePage broken, String message) {
            assertThatThrownBy(() -> CellCodec.decode(broken, cells))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(message);
            assertThat(cells.data).containsExactly(before);
        }

        private static StatePage page(int count, String indices, String values) {
            var deltas = ByteBuffer.wrap(HexFormat.of().parseHex(indices));
            var floats = ByteBuffer.wrap(HexFormat.of().parseHex(values));
            var crc = new CRC32C();
            crc.update(deltas.duplicate());
            crc.update(floats.duplicate());
            return new StatePage(0, 1, count, deltas, floats, (int) crc.getValue());
        }

        @Test
        void of_another_checksum_is_refused() {
            var crc = page.getCrc();

            isRefused(
                    StatePage.newBuilder(page).setCrc(crc + 1).build(),
                    "crc = " + (crc + 1) + " is wrong: expected " + crc);
        }

        @ParameterizedTest
        @ValueSource(ints = {-1, 2, Integer.MAX_VALUE})
        void of_another_space_is_refused(int number) {
            isRefused(
                    StatePage.newBuilder(page).setPage(number).build(),
                    "page = " + number + " is wrong: expected 0 to 1");
        }

        @Test
        void of_another_stride_is_refused() {
            isRefused(StatePage.newBuilder(page).setStride(2).build(), "stride = 2 is wrong: expected 1");
        }

        @ParameterizedTest
        @ValueSource(ints = {-1, 1025, Integer.MAX_VALUE})
        void of_an_impossible_count_is_refused(int count) {
            isRefused(
                    StatePage.newBuilder(page).setCount(count).build(),
                    "count = " + count + " is wrong: expected 0 to 1024");
        }

        @Test
        void with_fewer_floats_than_cells_is_refused() {
            isRefused(page(2, "0101", "0000803f"), "bytes of values = 4 is wrong: expected 8");
        }

        @Test
        void with_fewer_index_bytes_than_cells_is_refused() {
            isRefused(page(2, "01", "0000803f0000803f"), "bytes of indices = 1 is wrong: expected 2 to 8");
        }

        @Test
        void whose_last_index_is_cut_short_is_refused() {
            isRefused(
                    page(2, "0181", "0000803f0000803f"),
                    "bytes of indices = 2 is wrong: expected more: the last index is cut short");
        }

        @Test
        void whose_index_is_endless_is_refused() {
            isRefused(page(2, "0181818181", "0000803f0000803f"), "an index has more than 4 bytes");
        }

        @Test
        void with_one_index_twice_is_refused() {
            isRefused(page(2, "0500", "0000803f0000803f"), "index = 5 is wrong: expected more than the one before");
        }

        @Test
        void with_an_index_beyond_the_page_is_refused() {
            isRefused(page(2, "ff0701", "0000803f0000803f"), "index = 1024 is wrong: expected less than 1024");
        }

        @Test
        void with_more_indices_than_cells_is_refused() {
            isRefused(page(1, "0101", "0000803f"), "bytes after the last index = 1 is wrong: expected 0");
        }

        @Test
        void never_gets_through_with_a_flipped_bit() {
            var random = new Random(1);

            for (var i = 0; i < 200; i++) {
                var indices = bytes(page.getIndices());
                var values = bytes(page.getValues());
                var flipped = random.nextBoolean() ? indices : values;
                flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
                var broken = StatePage.newBuilder(page)
                        .setIndices(ByteBuffer.wrap(indices))
                        .setValues(ByteBuffer.wrap(values))
                        .build();
                assertThatThrownBy(() -> CellCodec.decode(broken, cells)).hasMessageStartingWith("crc = ");
            }
        }
    }
}
