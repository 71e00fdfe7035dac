package io.millrace.feature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Murmur3Test {
    /// Published values: the SMHasher verification of the 32-bit form, and what the Python package mmh3 5 gives for
    /// texts.
    @Nested
    class Known_values {
        @ParameterizedTest
        @CsvSource({
            "'', 0, 00000000, 0000000000000000",
            "'', 9747b28c, ebb6c228, 392b208a1daabbb3",
            "a, 0, 3c2569b2, 85555565f6597889",
            "a, 9747b28c, 7fa09ea6, 5ce8d8512db25a1d",
            "ab, 0, 9bbfd75f, 938b11ea16ed1b2e",
            "abc, 0, b3dd93fa, b4963f3f3fad7867",
            "abcd, 0, 43ed676a, b87bb7d64656cd4f",
            "origin, 0, 3b75668d, 1729b2a3744cac42",
            "Zürich, 0, 29695951, a6705382904a9864",
            "Zürich, 9747b28c, 29ee1baf, 8a54920cd3e126a2",
            "The quick brown fox jumps over the lazy dog, 0, 2e4ff723, e34bbc7bbc071b6c",
            "The quick brown fox jumps over the lazy dog, 9747b28c, 2fa826cd, 738a7f3bd2633121",
        })
        void of_texts(String text, String seed, String hash32, String hash64) {
            var bytes = text.getBytes(UTF_8);
            int number = Integer.parseUnsignedInt(seed, 16);

            assertThat(Murmur3.hash32(bytes, 0, bytes.length, number)).isEqualTo(Integer.parseUnsignedInt(hash32, 16));
            assertThat(Murmur3.hash64(bytes, 0, bytes.length, number)).isEqualTo(Long.parseUnsignedLong(hash64, 16));
        }

        /// SMHasher's own check: the hash of the hashes of 0, 0 1, 0 1 2 and so on, seeded 256 - length.
        @Test
        void of_all_lengths_under_256() {
            var hashes = ByteBuffer.allocate(4 * 256).order(ByteOrder.LITTLE_ENDIAN);
            var halves = ByteBuffer.allocate(8 * 256).order(ByteOrder.LITTLE_ENDIAN);

            for (int length = 0; length < 256; length++) {
                hashes.putInt(Murmur3.hash32(counting(), 0, length, 256 - length));
                halves.putLong(Murmur3.hash64(counting(), 0, length, 256 - length));
            }

            assertThat(Murmur3.hash32(hashes.array(), 0, 4 * 256, 0)).isEqualTo(0xb0f57ee3);
            assertThat(Murmur3.hash64(halves.array(), 0, 8 * 256, 0)).isEqualTo(0x91430ab4443d8c6dL);
        }
    }

    @Nested
    class A_slice {
        @Test
        void hashes_like_an_array_of_its_own() {
            for (int length = 0; length < 40; length++) {
                var slice = Arrays.copyOfRange(counting(), 7, 7 + length);

                assertThat(Murmur3.hash32(counting(), 7, length, 1)).isEqualTo(Murmur3.hash32(slice, 0, length, 1));
                assertThat(Murmur3.hash64(counting(), 7, length, 1)).isEqualTo(Murmur3.hash64(slice, 0, length, 1));
            }
        }
    }

    private static byte[] counting() {
        var bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }
}
