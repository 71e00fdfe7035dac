package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BundlingConsumerTest {
    private static final TopicPartition A = new TopicPartition("events", 0);
    private static final TopicPartition B = new TopicPartition("events", 1);

    private final MockConsumer<byte[], byte[]> inner = new MockConsumer<>("earliest");
    private final Consumer<byte[], byte[]> consumer = BundlingConsumer.over(inner);

    /// What a bundle says of one record; the value is null where it has none.
    record Read(long offset, long timestamp, String value) {}

    @BeforeEach
    void assign() {
        inner.assign(List.of(A, B));
        inner.updateBeginningOffsets(Map.of(A, 0L, B, 0L));
    }

    private static ConsumerRecord<byte[], byte[]> event(TopicPartition partition, long offset, byte[] value) {
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                1_000 + offset,
                TimestampType.CREATE_TIME,
                -1,
                value == null ? -1 : value.length,
                null,
                value,
                new RecordHeaders(),
                Optional.of(3));
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        return consumer.poll(Duration.ZERO);
    }

    private static List<Read> read(ConsumerRecord<byte[], byte[]> bundle) {
        var reads = new ArrayList<Read>();
        Bundle.read(
                bundle.value(),
                (offset, timestamp, bytes, from, length) -> reads.add(new Read(
                        offset,
                        timestamp,
                        length < 0 ? null : new String(bytes, from, length, StandardCharsets.UTF_8))));
        return reads;
    }

    @Nested
    class Records_of_one_partition {
        @Test
        void come_as_one_with_all_that_a_split_needs() {
            inner.addRecord(event(A, 4, "four".getBytes(StandardCharsets.UTF_8)));
            inner.addRecord(event(A, 7, "".getBytes(StandardCharsets.UTF_8)));
            inner.addRecord(event(A, 8, null));

            var bundles = poll().records(A);

            assertThat(bundles).hasSize(1);
            assertThat(read(bundles.getFirst()))
                    .containsExactly(new Read(4, 1_004, "four"), new Read(7, 1_007, ""), new Read(8, 1_008, null));
        }

        /// Streams commits the offset of the next record that waits: it must be that of the first event in it.
        @Test
        void have_the_offset_and_epoch_of_the_first() {
            inner.addRecord(event(A, 4, "four".getBytes(StandardCharsets.UTF_8)));
            inner.addRecord(event(A, 7, "seven".getBytes(StandardCharsets.UTF_8)));

            var bundle = poll().records(A).getFirst();

            assertThat(bundle.offset()).isEqualTo(4);
            assertThat(bundle.leaderEpoch()).contains(3);
        }

        /// Where none waits, it commits these.
        @Test
        void leave_the_next_offsets_as_they_are() {
            inner.addRecord(event(A, 4, "four".getBytes(StandardCharsets.UTF_8)));
            inner.addRecord(event(A, 7, "seven".getBytes(StandardCharsets.UTF_8)));

            var records = poll();

            assertThat(records.nextOffsets()).containsOnlyKeys(A);
            assertThat(records.nextOffsets().get(A))
                    .extracting(OffsetAndMetadata::offset)
                    .isEqualTo(8L);
        }

        @Test
        void are_parted_where_a_bundle_would_grow_beyond_its_bytes() {
            var large = new byte[Bundle.MOST_BYTES / 2];
            for (var offset = 0; offset < 5; offset++) {
                inner.addRecord(event(A, offset, large));
            }

            var bundles = poll().records(A);

            assertThat(bundles).extracting(ConsumerRecord::offset).containsExactly(0L, 2L, 4L);
        }
    }

    @Nested
    class Records_of_two_partitions {
        @Test
        void never_share_a_bundle() {
            inner.addRecord(event(A, 0, "a".getBytes(StandardCharsets.UTF_8)));
            inner.addRecord(event(B, 0, "b".getBytes(StandardCharsets.UTF_8)));

            var records = poll();

            assertThat(read(records.records(A).getFirst())).containsExactly(new Read(0, 1_000, "a"));
            assertThat(read(records.records(B).getFirst())).containsExactly(new Read(0, 1_000, "b"));
        }
    }

    @Nested
    class Everything_else {
        @Test
        void goes_to_the_consumer() {
            consumer.pause(List.of(A));

            assertThat(inner.paused()).containsExactly(A);
        }

        @Test
        void throws_what_the_consumer_throws() {
            inner.setPollException(new KafkaException("fenced"));

            assertThatThrownBy(() -> consumer.poll(Duration.ZERO))
                    .isInstanceOf(KafkaException.class)
                    .hasMessage("fenced");
        }
    }
}
