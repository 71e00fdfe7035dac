package io.millrace.split;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SplitConfigTest {
    private static SplitConfig config(double train, double validation, double test) {
        return new SplitConfig(List.of("origin"), "", train, validation, test, Optional.empty());
    }

    @Nested
    class Shares {
        @ParameterizedTest
        @CsvSource({"0.8, 0.1, 0.1", "1, 0, 0", "0.7, 0.2, 0.1", "0.3333333333, 0.3333333333, 0.3333333333"})
        void that_add_up_are_taken(double train, double validation, double test) {
            assertThatCode(() -> config(train, validation, test)).doesNotThrowAnyException();
        }

        @ParameterizedTest
        @CsvSource({"0.8, 0.2, 0.1, 1.1", "0.8, 0.1, 0.099, 0.999", "0, 0, 0, 0", "0.1, 0.1, 0.1, 0.3"})
        void that_do_not_are_refused_with_their_sum(double train, double validation, double test, String sum) {
            assertThatThrownBy(() -> config(train, validation, test))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("split.train + split.validation + split.test = " + sum + ": expected 1");
        }

        @ParameterizedTest
        @CsvSource({"1.5, -0.5, 0, split.train = 1.5", "0.9, -0.1, 0.2, split.validation = -0.1"})
        void out_of_range_are_refused(double train, double validation, double test, String what) {
            assertThatThrownBy(() -> config(train, validation, test))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(what + " is out of range: expected 0 to 1");
        }

        @Test
        void that_are_no_numbers_are_refused() {
            assertThatThrownBy(() -> config(0.9, 0.1, Double.NaN))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("split.test = NaN is out of range: expected 0 to 1");
        }
    }

    @Nested
    class A_group {
        @Test
        void of_no_field_is_refused() {
            assertThatThrownBy(() -> new SplitConfig(List.of(), "", 1, 0, 0, Optional.empty()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("split.group = [] is empty: expected one field or more");
        }

        @Test
        void that_names_a_field_twice_is_refused() {
            assertThatThrownBy(() -> new SplitConfig(List.of("a", "b", "a"), "", 1, 0, 0, Optional.empty()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("split.group = [a, b, a] names a field twice: expected each once");
        }
    }
}
