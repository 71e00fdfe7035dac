package io.millrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {
    private static final int MOST = 70;

    /// Computed apart, by the lines of Vigna's `splitmix64.c` that follow its increment.
    @Test
    void has_the_finaliser_of_splitmix64() {
        assertThat(Digest.mix(0, 1)).isEqualTo(0x2a5cf130132ea644L);
        assertThat(Digest.mix(123_456, -0.25f)).isEqualTo(0x7317a6532798a4faL);
    }

    @Test
    void leaves_zeros_out() {
        assertThat(Digest.mix(7, 0)).isZero();
        assertThat(Digest.mix(7, -0.0f)).isZero();
        assertThat(Digest.sum(new float[] {0, -0.0f, 0, 0, -0.0f, 0, 0, 0, 0}, 0, 1, 9, 5))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 16})
    void of_many_is_the_sum_of_each(int step) {
        var random = Seed.random();
        var data = new float[step * (MOST + 2)];
        for (var k = 0; k < data.length; k++) {
            data[k] = random.nextInt(4) == 0 ? -0.0f : Float.intBitsToFloat(random.nextInt() & ~0x800000);
        }
        var number = Integer.MAX_VALUE - MOST;
        for (var n = 0; n <= MOST; n++) {
            var expected = 0L;
            for (var i = 0; i < n; i++) {
                expected += Digest.mix(number + i, data[step + i * step]);
            }
            assertThat(Digest.sum(data, step, step, n, number))
                    .as("%s floats", n)
                    .isEqualTo(expected);
        }
    }
}
