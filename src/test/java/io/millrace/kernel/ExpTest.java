package io.millrace.kernel;

import static java.lang.Float.floatToRawIntBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.Seed;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpTest {
    /// One float in so many: a prime, so that all exponents and low bits have their turn.
    private static final int SAMPLE = 1_009;

    @Nested
    class The_exponential {
        @Test
        void is_as_near_as_its_comment_says() {
            var worst = 0.0;
            for (var bits = 0L; bits < 1L << 32; bits += SAMPLE) {
                var x = Float.intBitsToFloat((int) bits);
                if (x >= -87 && x <= 88) {
                    worst = Math.max(worst, Math.abs(Exp.exp(x) / StrictMath.exp(x) - 1));
                }
            }

            assertThat(worst).isLessThan(1e-7);
        }

        @Test
        void in_double_is_as_near_as_its_comment_says() {
            var random = Seed.random();
            var worst = 0.0;
            for (var i = 0; i < 1_000_000; i++) {
                var x = i % 2 == 0 ? 1400 * random.nextDouble() - 700 : 4 * random.nextGaussian();
                worst = Math.max(worst, Math.abs(Exp.exp(x) / StrictMath.exp(x) - 1));
            }

            assertThat(worst).isLessThan(5e-16);
        }

        @ParameterizedTest
        @CsvSource({"Infinity, 700", "1e300, 700", "-Infinity, -700", "-701, -700", "NaN, 0", "-0.0, 0"})
        void in_double_of_an_extreme_is_that_of_the_bound(double x, double bound) {
            assertThat(Exp.exp(x)).isEqualTo(Exp.exp(bound)).isFinite().isPositive();
        }

        @ParameterizedTest
        @CsvSource({
            "-87, 00b33687", "-16, 33f1aade", "-3.5, 3cf76081", "-1, 3ebc5ab2", "-0.001, 3f7fbe7f", "0, 3f800000",
            "1e-10, 3f800000", "0.5, 3fd3094c", "1, 402df854", "2.302585, 411ffffe", "10, 46ac14ee", "88, 7ef882b7"
        })
        void has_the_same_bits_everywhere(float x, String bits) {
            assertThat(floatToRawIntBits(Exp.exp(x))).isEqualTo(Integer.parseUnsignedInt(bits, 16));
        }

        @ParameterizedTest
        @CsvSource({
            "Infinity, 88",
            "3.4e38, 88",
            "89, 88",
            "-Infinity, -87",
            "-3.4e38, -87",
            "-88, -87",
            "NaN, 0",
            "-0.0, 0"
        })
        void of_an_extreme_is_that_of_the_bound(float x, float bound) {
            assertThat(Exp.exp(x)).isEqualTo(Exp.exp(bound)).isFinite().isPositive();
        }
    }

    @Nested
    class The_sigmoid {
        @Test
        void is_as_near_as_its_comment_says_and_rises() {
            var worst = 0.0;
            var before = 0f;
            for (var m = -Exp.MARGIN; m <= Exp.MARGIN; m += 0x1p-16f) {
                var p = Exp.sigmoid(m);
                worst = Math.max(worst, Math.abs(p * (1 + StrictMath.exp(-m)) - 1));
                assertThat(p >= before).isTrue();
                before = p;
            }

            assertThat(worst).isLessThan(1.5e-7);
        }

        @ParameterizedTest
        @CsvSource({
            "-16, 33f1aadb",
            "-3.5, 3cf02034",
            "-1, 3e89b2b1",
            "0, 3f000000",
            "0.5, 3f1f597f",
            "1, 3f3b26a8",
            "2.302585, 3f68ba2e",
            "10, 3f7ffd06",
            "16, 3f7ffffe"
        })
        void has_the_same_bits_everywhere(float m, String bits) {
            assertThat(floatToRawIntBits(Exp.sigmoid(m))).isEqualTo(Integer.parseUnsignedInt(bits, 16));
        }

        @Test
        void has_the_same_bits_everywhere_between() {
            var crc = new CRC32C();
            var bytes = ByteBuffer.allocate(Integer.BYTES);
            for (var m = -Exp.MARGIN; m <= Exp.MARGIN; m += 0x1p-12f) {
                crc.update(bytes.putFloat(0, Exp.sigmoid(m)).array());
            }

            assertThat(crc.getValue()).isEqualTo(0x0a0bc37eL);
        }

        @ParameterizedTest
        @ValueSource(floats = {16, 17, 1e15f, Float.MAX_VALUE, Float.POSITIVE_INFINITY})
        void stays_where_its_logarithm_is_finite(float m) {
            assertThat(-Math.log(Exp.sigmoid(-m))).isCloseTo(16, within(1e-3));
            assertThat(-Math.log(1 - (double) Exp.sigmoid(m))).isCloseTo(16, within(0.1));
        }

        @Test
        void of_no_number_is_even_odds() {
            assertThat(Exp.sigmoid(Float.NaN)).isEqualTo(0.5f);
        }
    }
}
