package io.millrace.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.schema.Manifest;
import io.millrace.schema.ScalerState;
import io.millrace.schema.VersionRecord;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class WireTest {
    private static final VersionRecord RECORD = new VersionRecord(Manifest.newBuilder()
            .setLineage("main")
            .setVersion(41)
            .setChunks(0)
            .setCells(0)
            .setSpecHash(1)
            .setBits(18)
            .setLogOffset(7)
            .setExamples(5)
            .setEventTime(3)
            .setScalers(List.of(new ScalerState(5L, 1.5, 2.5)))
            .setMetrics(Map.of("log-loss", 0.5))
            .setDigest(9)
            .setKernel("scalar")
            .setSoftware("millrace")
            .build());

    @Nested
    class A_record {
        @Test
        void comes_back_with_the_records_in_it() {
            var bytes = Wire.encode(VersionRecord.getEncoder(), RECORD);

            assertThat(Wire.decode(VersionRecord.getDecoder(), bytes)).isEqualTo(RECORD);
        }

        @Test
        void begins_with_the_marker_of_single_object_encoding() {
            assertThat(Wire.encode(VersionRecord.getEncoder(), RECORD)).startsWith(0xc3, 0x01);
        }
    }

    @Nested
    class Bytes_that_are_no_record {
        private final byte[] bytes = Wire.encode(VersionRecord.getEncoder(), RECORD);

        private static void areRefused(byte[] broken) {
            assertThatThrownBy(() -> Wire.decode(VersionRecord.getDecoder(), broken))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("not a record of its schema: ");
        }

        @Test
        void are_refused_wherever_they_end() {
            for (var length = 0; length < bytes.length; length++) {
                areRefused(Arrays.copyOf(bytes, length));
            }
        }

        @Test
        void are_refused_where_there_are_none_at_all() {
            assertThatThrownBy(() -> Wire.decode(VersionRecord.getDecoder(), null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("not a record of its schema: it has no value");
        }

        @Test
        void are_refused_with_another_fingerprint() {
            bytes[5] ^= 1;

            areRefused(bytes);
        }

        @Test
        void are_refused_when_they_claim_more_than_there_is_memory() {
            // After 10 bytes of header and the branch of the union comes the length of the lineage: now 1 GiB.
            System.arraycopy(new byte[] {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 0x08}, 0, bytes, 11, 5);

            areRefused(bytes);
        }
    }
}
