package io.millrace.replay;

import io.millrace.event.Wire;
import io.millrace.schema.Block;
import io.millrace.schema.Control;
import io.millrace.schema.TrainRecord;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// A block topic: the very examples that live training learns, in its order.
public final class BlockLog implements Source {
    /// Where a spec may differ from that of the log, for people.
    public static final String MAY_DIFFER = "learn.loss, learn.learner and learn.optimizer";

    private final LogReader reader;
    private final TopicPartition partition;
    private final Control opening;
    private final OffsetRange.Bounds bounds;
    private final Map<String, Long> lastOffsets = new HashMap<>();

    /// @param client properties of a Kafka client, at least `bootstrap.servers`
    /// @throws ReplayException if the topic does not exist, is no block topic, or does not hold the range
    public BlockLog(Map<String, Object> client, String topic, OffsetRange range) {
        reader = new LogReader(client, topic);
        try {
            partition = only(topic);
            bounds = range.in(topic, reader.first(partition), reader.end(partition));
            opening = opening();
            reader.seek(partition, bounds.from());
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    private TopicPartition only(String topic) {
        var partitions = reader.partitions();
        if (partitions.size() > 1) {
            throw new ReplayException(
                    "topic " + topic + " has " + partitions.size() + " partitions: expected 1, as block topics have");
        }
        return partitions.getFirst();
    }

    private Control opening() {
        reader.seek(partition, reader.first(partition));
        while (reader.position(partition) < reader.end(partition)) {
            for (var record : reader.poll()) {
                if (body(record) instanceof Control control) {
                    return control;
                }
                throw new ReplayException(partition.topic() + " begins with a block: expected a record with its spec");
            }
        }
        throw new ReplayException(partition.topic() + " is empty: expected a record with its spec");
    }

    private static Object body(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Wire.decode(TrainRecord.getDecoder(), record.value()).getBody();
        } catch (IllegalArgumentException e) {
            throw new ReplayException(record.topic() + " offset " + record.offset() + " is " + e.getMessage());
        }
    }

    /// The spec that the log was written under.
    public Spec spec() {
        return SpecReader.ofJson(opening.getSpec());
    }

    /// Whether a spec makes the examples of this log: it may differ in what it says of learning only.
    public boolean fits(Spec other) {
        var spec = spec();
        return spec.withLearn(other.learn()).hash() == other.hash()
                && spec.learn().bits() == other.learn().bits();
    }

    /// The spec of the log, with what `other` says of learning.
    ///
    /// @throws ReplayException if the specs differ in what makes the examples
    public Spec spec(Spec other) {
        if (!fits(other)) {
            throw new ReplayException(partition.topic()
                    + " was written under another spec: expected one that differs in " + MAY_DIFFER + " at most\n"
                    + "  Replay the events instead, with --read events, or start a new lineage.");
        }
        return spec().withLearn(other.learn());
    }

    public String topic() {
        return partition.topic();
    }

    /// First offset that is read.
    public long from() {
        return bounds.from();
    }

    /// First offset that is no longer read.
    public long to() {
        return bounds.to();
    }

    /// What blocks are handed to.
    @FunctionalInterface
    public interface Reader {
        /// @param nextOffset in the log, after the block
        void block(Block block, long nextOffset) throws IOException;
    }

    @Override
    public boolean advance(Replay into) throws IOException {
        return read(into::block);
    }

    /// Hands on the next few blocks.
    ///
    /// @return false after the last
    /// @throws ReplayException if the log is broken
    public boolean read(Reader into) throws IOException {
        if (reader.position(partition) >= bounds.to()) {
            return false;
        }
        for (var record : reader.poll()) {
            if (record.offset() < bounds.to() && body(record) instanceof Block block) {
                check(record, block);
                into.block(block, record.offset() + 1);
            }
        }
        return true;
    }

    private void check(ConsumerRecord<byte[], byte[]> record, Block block) {
        var at = record.topic() + " offset " + record.offset() + ": ";
        if (block.getSpecHash() != opening.getSpecHash()) {
            throw new ReplayException(
                    at + "block of spec " + hex(block.getSpecHash()) + ": expected " + hex(opening.getSpecHash()));
        }
        var source = block.getTopic() + "-" + block.getPartition();
        var last = lastOffsets.put(source, block.getLastOffset());
        if (last != null && block.getFirstOffset() <= last) {
            throw new ReplayException(at + "block of " + source + " begins at " + block.getFirstOffset()
                    + ": expected an offset after " + last + ", so that no example is there twice");
        }
    }

    private static String hex(long hash) {
        return "%016x".formatted(hash);
    }

    @Override
    public double fraction() {
        var all = Math.max(1, bounds.to() - bounds.from());
        return Math.clamp((double) (reader.position(partition) - bounds.from()) / all, 0, 1);
    }

    @Override
    public void close() {
        reader.close();
    }
}
