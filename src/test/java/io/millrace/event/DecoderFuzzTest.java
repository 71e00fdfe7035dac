package io.millrace.event;

import static io.millrace.event.Events.FLIGHT;
import static io.millrace.event.Events.LATE;
import static io.millrace.event.Events.fields;
import static io.millrace.event.Events.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.Seed;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever the bytes, a decoder gives a row or a [BadEvent], soon and without taking much memory.
class DecoderFuzzTest {
    private static final int INPUTS = 20_000;
    /// Bytes allocated for one event: room for classes that are loaded on the way.
    private static final long MOST_ALLOCATED = 1 << 20;

    private static final String NESTED = record("""
            {"name": "map", "type": {"type": "map", "values": {"type": "array", "items": ["null", "Event", "double"]}}},
            {"name": "nulls", "type": {"type": "array", "items": "null"}},
            {"name": "delay", "type": ["null", "int", "string", "float", "boolean"]}
            """);
    private static final Fields FIELDS = fields("delay");

    private static Stream<Arguments> decoders() {
        var json = "{\"delay\": 33, \"origin\": \"Z\\u00fcrich\", \"x\": [{\"y\": -1.5e3}, null, true]}";
        var csv = "1,\"say \"\"hi\"\", all\",33,x\r\n";
        return Stream.of(
                Arguments.of("avro", new AvroDecoder(FLIGHT, FIELDS), Events.avro(FLIGHT, LATE)),
                Arguments.of("nested avro", new AvroDecoder(NESTED, FIELDS), new byte[] {
                    2, 2, 'k', 1, 2, 0, 0, 0, 2, 0, 0, 0, 2, 66
                }),
                Arguments.of("json", new JsonDecoder(FIELDS), json.getBytes(UTF_8)),
                Arguments.of("csv", csvDecoder(null), csv.getBytes(UTF_8)),
                Arguments.of("typed csv", csvDecoder(FLIGHT), csv.getBytes(UTF_8)));
    }

    private static CsvDecoder csvDecoder(String schema) {
        return new CsvDecoder(List.of("a", "b", "delay", "c"), FIELDS, schema);
    }

    @Nested
    class Random_bytes {
        static Stream<Arguments> decoders() {
            return DecoderFuzzTest.decoders();
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("decoders")
        void are_a_row_or_a_bad_event(String name, EventDecoder decoder, byte[] event) {
            var random = Seed.random();

            var read = feed(decoder, _ -> {
                var bytes = new byte[random.nextInt(64)];
                random.nextBytes(bytes);
                return bytes;
            });

            assertThat(read).isLessThan(INPUTS / 2);
        }
    }

    @Nested
    class Bytes_that_are_nearly_an_event {
        static Stream<Arguments> decoders() {
            return DecoderFuzzTest.decoders();
        }

        @ParameterizedTest(name = "{0}")
        @MethodSource("decoders")
        void are_a_row_or_a_bad_event(String name, EventDecoder decoder, byte[] event) {
            var random = Seed.random();

            var read = feed(decoder, i -> i == 0 ? event : mutated(event, random));

            assertThat(read).isBetween(1, INPUTS - 1);
        }

        private static byte[] mutated(byte[] event, Random random) {
            var bytes = Arrays.copyOf(event, random.nextInt(4) > 0 ? event.length : random.nextInt(2 * event.length));
            for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
                int at = random.nextInt(bytes.length);
                bytes[at] = switch (random.nextInt(3)) {
                    case 0 -> (byte) random.nextInt(256);
                    case 1 -> (byte) (bytes[at] ^ 1 << random.nextInt(8));
                    default -> bytes[random.nextInt(bytes.length)];
                };
            }
            return bytes;
        }
    }

    private interface Inputs {
        byte[] input(int i);
    }

    /// @return how many were rows
    private static int feed(EventDecoder decoder, Inputs inputs) {
        var row = new Row(FIELDS);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int read = 0;
        for (int i = 0; i < INPUTS; i++) {
            var event = inputs.input(i);
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                decoder.decode(event, 0, event.length, row);
                if (!row.isMissing(0)) {
                    assertThat(row.textLength(0)).isLessThanOrEqualTo(event.length * 3 + 32);
                }
                read++;
            } catch (BadEvent bad) {
                assertThat(bad.getMessage()).hasSizeBetween(10, 1_300);
                assertThat(bad.getMessage().chars().allMatch(c -> c >= ' ' && c <= '~'))
                        .isTrue();
            }
            assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                    .as(() -> Arrays.toString(event))
                    .isLessThan(MOST_ALLOCATED);
        }
        return read;
    }
}
