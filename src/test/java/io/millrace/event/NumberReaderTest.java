package io.millrace.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Seed;
import io.millrace.event.NumberReader.Kind;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumberReaderTest {
    private final NumberReader reader = new NumberReader();

    @Nested
    class A_whole_number {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "0",
                    "7",
                    "-7",
                    "999999999999999999",
                    "1000000000000000000",
                    "9223372036854775807",
                    "-9223372036854775808"
                })
        void is_read_as_Java_does(String text) {
            assertThat(read(text)).isEqualTo(Kind.WHOLE);
            assertThat(reader.whole).isEqualTo(Long.parseLong(text));
            assertThat(reader.json).isTrue();
        }

        @Test
        void of_any_size_is_read_as_Java_does() {
            var random = Seed.random();
            for (int i = 0; i < 100_000; i++) {
                long value = random.nextLong() >> random.nextInt(64);

                assertThat(read(Long.toString(value))).isEqualTo(Kind.WHOLE);
                assertThat(reader.whole).isEqualTo(value);
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"9223372036854775808", "-9223372036854775809", "100000000000000000000000000"})
        void beyond_a_long_is_a_fraction(String text) {
            assertThat(read(text)).isEqualTo(Kind.FRACTION);
            assertThat(reader.fraction).isEqualTo(Double.parseDouble(text));
        }
    }

    @Nested
    class A_fraction {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "0.0",
                    "-0.0",
                    "3.0",
                    "0.1",
                    "123456789012345e22",
                    "1234567890123456e22",
                    "1e23",
                    "1e-22",
                    "1e-23",
                    "1.7976931348623157e308",
                    "1e400",
                    "4.9e-324",
                    "1e-999999999999",
                    "0.000000000000000000000000000000123",
                    "1E+5",
                    "1e05"
                })
        void is_read_as_Java_does(String text) {
            assertThat(read(text)).isEqualTo(Kind.FRACTION);
            assertThat(Double.doubleToRawLongBits(reader.fraction))
                    .isEqualTo(Double.doubleToRawLongBits(Double.parseDouble(text)));
            assertThat(reader.json).isTrue();
        }

        @Test
        void of_any_size_is_read_as_Java_does() {
            var random = Seed.random();
            for (int i = 0; i < 200_000; i++) {
                var text = i % 2 == 0
                        ? Double.toString(Double.longBitsToDouble(random.nextLong()))
                        : (random.nextLong() >> random.nextInt(64)) + "."
                                + (random.nextLong() >>> (1 + random.nextInt(62))) + "e" + (random.nextInt(60) - 30);
                if (Double.isFinite(Double.parseDouble(text))) {
                    assertThat(read(text)).as(text).isEqualTo(Kind.FRACTION);
                    assertThat(reader.fraction).as(text).isEqualTo(Double.parseDouble(text));
                }
            }
        }
    }

    @Nested
    class What_JSON_forbids {
        @ParameterizedTest
        @ValueSource(strings = {"+5", "007", "-007", "00", ".5", "5.", "-.5", "+1e3", "01.5"})
        void is_a_number_that_is_told_apart(String text) {
            assertThat(read(text)).isNotEqualTo(Kind.NONE);
            assertThat(reader.json).isFalse();
            assertThat(reader.whole + reader.fraction).isEqualTo(Double.parseDouble(text));
        }
    }

    @Nested
    class Anything_else {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "-",
                    "+",
                    ".",
                    "e5",
                    "1e",
                    "1e+",
                    "1e5.",
                    "1.2.3",
                    "--1",
                    "+-1",
                    "1 ",
                    " 1",
                    "1d",
                    "1f",
                    "0x1p3",
                    "NaN",
                    "Infinity",
                    "٣",
                    "1_000"
                })
        void is_no_number(String text) {
            assertThat(read(text)).isEqualTo(Kind.NONE);
        }

        @Test
        void longer_than_any_number_is_none() {
            assertThat(read("1".repeat(129))).isEqualTo(Kind.NONE);
        }
    }

    private Kind read(String text) {
        reader.whole = 0;
        reader.fraction = 0;
        var bytes = ("9" + text + "9").getBytes(UTF_8);
        return reader.read(bytes, 1, bytes.length - 2);
    }
}
