package io.millrace.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.kernel.Digest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CellsTest {
    @Nested
    class A_digest {
        private final Cells cells = new Cells(12, 2);

        @Test
        void is_the_sum_over_weights_and_not_what_stands_beside_them() {
            cells.data[2 * 5] = 1.5f;
            cells.data[2 * 5 + 1] = 7;
            cells.data[2 * 4000] = -2;
            cells.change(new int[] {5, 4000}, 0, 2);

            assertThat(cells.digest()).isEqualTo(Digest.mix(5, 1.5f) + Digest.mix(4000, -2));
        }

        @Test
        void follows_a_page_that_is_written_from_outside() {
            cells.data[2 * 5] = 1.5f;
            cells.rewrite(0);
            cells.digest();

            cells.data[2 * 5] = 2.5f;
            cells.rewrite(0);

            assertThat(cells.digest()).isEqualTo(Digest.mix(5, 2.5f));
            assertThat(cells.changed(0, Cells.STORE)).isFalse();
        }

        @Test
        void is_0_once_all_is_cleared() {
            cells.data[8] = 1;
            cells.change(new int[] {4}, 0, 1);
            cells.digest();

            cells.clear();

            assertThat(cells.digest()).isZero();
        }
    }

    @Nested
    class A_size {
        @Test
        void below_a_page_has_one_page() {
            assertThat(new Cells(3, 1).pages()).isEqualTo(1);
            assertThat(new Cells(10, 1).pages()).isEqualTo(1);
            assertThat(new Cells(11, 1).pages()).isEqualTo(2);
        }

        @Test
        void beyond_an_array_is_refused() {
            assertThatThrownBy(() -> new Cells(28, 16))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("268435456 cells of 16 floats are too many: expected less than 2^31 floats");
        }
    }
}
