package io.millrace.replay;

import io.millrace.spec.Spec;
import io.millrace.split.ExampleReading;
import io.millrace.split.Ids;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// An events topic: its partitions merged by record timestamp (0 where there is none), partition, offset. The next
/// event
/// is the least of the partitions' next ones, so that within a partition offsets keep their order.
public final class EventLog implements Source {
    /// Records of a partition that wait for those of others, before it is fetched no further.
    private static final int MOST_RECORDS = 4_000;

    /// Their bytes, before it is fetched no further. What was fetched at once comes on top.
    private static final long MOST_BYTES = 16 << 20;

    private final LogReader reader;
    private final List<Part> parts;

    /// @param client properties of a Kafka client, at least `bootstrap.servers`
    /// @param range of a topic with one partition
    /// @throws ReplayException if the topic does not exist or does not hold the range
    public EventLog(Map<String, Object> client, Spec spec, OffsetRange range) {
        var topic = spec.events().topic();
        reader = new LogReader(client, topic);
        try {
            if (!range.isAll() && reader.partitions().size() > 1) {
                throw new ReplayException(
                        "topic " + topic + " has " + reader.partitions().size()
                                + " partitions: expected 1, as an offset range was given. Use a time range");
            }
            var ids = spec.ids(reader.partitions().size());
            parts = reader.partitions().stream()
                    .map(partition -> new Part(spec, partition, range, ids.apply(partition.partition())))
                    .toList();
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    @Override
    public boolean advance(Replay into) throws IOException {
        var open = parts.stream().filter(part -> !part.isFetched()).toList();
        if (open.stream().anyMatch(part -> part.waiting.isEmpty())) {
            reader.want(open.stream()
                    .filter(part -> part.waiting.size() < MOST_RECORDS && part.waitingBytes < MOST_BYTES)
                    .map(part -> part.partition)
                    .toList());
            for (var record : reader.poll()) {
                part(record.partition()).add(record);
            }
        }
        for (var next = next(); next != null; next = next()) {
            next.hand(into);
        }
        return !parts.stream().allMatch(part -> part.isFetched() && part.waiting.isEmpty());
    }

    /// The partition with the next event, or null where one must be fetched to know.
    private @Nullable Part next() {
        Part least = null;
        for (var part : parts) {
            if (!part.waiting.isEmpty()) {
                least = least == null || part.timestamp() < least.timestamp() ? part : least;
            } else if (!part.isFetched()) {
                return null;
            }
        }
        return least;
    }

    private Part part(int partition) {
        return parts.get(partition);
    }

    /// Bytes of all records that wait for those of others.
    long waitingBytes() {
        return parts.stream().mapToLong(part -> part.waitingBytes).sum();
    }

    @Override
    public double fraction() {
        var done = parts.stream().mapToLong(Part::done).sum();
        var all = parts.stream()
                .mapToLong(part -> part.bounds.to() - part.bounds.from())
                .sum();
        return all == 0 ? 1 : (double) done / all;
    }

    @Override
    public void close() {
        reader.close();
    }

    /// One partition: what was fetched of it and not handed on.
    private final class Part {
        private final TopicPartition partition;
        private final OffsetRange.Bounds bounds;
        private final ExampleReading reading;
        private final Deque<ConsumerRecord<byte[], byte[]>> waiting = new ArrayDeque<>();
        private long waitingBytes;

        Part(Spec spec, TopicPartition partition, OffsetRange range, @Nullable Ids known) {
            this.partition = partition;
            bounds = range.in(partition.toString(), reader.first(partition), reader.end(partition));
            reader.seek(partition, bounds.from());
            var fields = spec.fields();
            reading = spec.examples(spec.reading(fields), fields, partition.topic(), partition.partition(), known);
        }

        void add(ConsumerRecord<byte[], byte[]> record) {
            if (record.offset() < bounds.to()) {
                waiting.add(record);
                waitingBytes += size(record);
            }
        }

        boolean isFetched() {
            return reader.position(partition) >= bounds.to();
        }

        long timestamp() {
            return Math.max(0, Objects.requireNonNull(waiting.peekFirst()).timestamp());
        }

        private static long size(ConsumerRecord<byte[], byte[]> record) {
            return Math.max(0, record.serializedKeySize()) + (long) Math.max(0, record.serializedValueSize());
        }

        void hand(Replay into) throws IOException {
            var record = waiting.removeFirst();
            waitingBytes -= size(record);
            var value = record.value() == null ? new byte[0] : record.value();
            into.event(
                    reading,
                    value,
                    0,
                    value.length,
                    record.offset(),
                    record.timestamp(),
                    offset -> partition + " offset " + offset);
        }

        long done() {
            var next = waiting.peekFirst();
            return (next == null ? Math.min(reader.position(partition), bounds.to()) : next.offset()) - bounds.from();
        }
    }
}
