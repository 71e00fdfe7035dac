package io.millrace.role;

import io.millrace.spec.Spec;
import io.millrace.split.DedupeConfig.Across;
import io.millrace.split.TopicIds;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StreamPartitioner;

/// The topic `M.L.by-id`: labelled events in the partition of their id, where a duplicate is found wherever it came
/// from. Only where the spec says `across: topic`.
///
/// - **Key**: hash of the id (int64, big-endian).
/// - **Value**: where the event came from, partition (int32) and offset (int64) of the events topic, big-endian; then
///   the event as it came.
final class ById {
    static final String WORD = "by-id";

    /// Bytes before the event.
    static final int ORIGIN = Integer.BYTES + Long.BYTES;

    static final StreamPartitioner<byte[], byte[]> PARTITIONER =
            (topic, key, value, partitions) -> Optional.of(Set.of(partition(key, partitions)));

    private ById() {}

    static boolean isUsed(Spec spec) {
        return spec.split()
                .dedupe()
                .filter(dedupe -> dedupe.across() == Across.TOPIC)
                .isPresent();
    }

    static String topic(Spec spec, String lineage) {
        return spec.topic(lineage, WORD);
    }

    static byte[] key(long id) {
        return ByteBuffer.allocate(Long.BYTES).putLong(id).array();
    }

    static byte[] value(int partition, long offset, byte[] bytes, int from, int length) {
        return ByteBuffer.allocate(ORIGIN + length)
                .putInt(partition)
                .putLong(offset)
                .put(bytes, from, length)
                .array();
    }

    static int partition(byte[] key, int partitions) {
        return TopicIds.partition(ByteBuffer.wrap(key).getLong(), partitions);
    }

    /// Where an event came from.
    ///
    /// @param offset in the events topic
    record Origin(TopicPartition partition, long offset) {
        /// @param events topic that it is of
        /// @param value of a record, from `from` on
        static Origin of(String events, byte[] value, int from) {
            var bytes = ByteBuffer.wrap(value, from, ORIGIN);
            return new Origin(new TopicPartition(events, bytes.getInt()), bytes.getLong());
        }
    }
}
