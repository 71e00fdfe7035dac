package io.millrace.split;

import static java.util.Objects.requireNonNull;

import io.millrace.feature.Examples;
import io.millrace.schema.Block;
import java.util.EnumMap;
import java.util.Map;

/// The whole of the split without Kafka: events of one source partition in, blocks out. One a task.
///
/// A block leaves when it has 1,024 examples, or so many entries that it comes near the largest record a broker takes
/// by default.
public final class Splitter {
    /// Where blocks go.
    public interface Output {
        /// A block that is full, or that [Splitter#flush] cut.
        void block(Split split, Block block);
    }

    /// Entries that fill a block: with the most of one example more it is still under 1 MiB.
    static final int BLOCK_ENTRIES = 65_536;

    private final ExampleReading reading;
    private final String lineage;
    private final long specHash;
    private final String topic;
    private final int partition;
    private final Output output;
    private final Map<Split, Open> open = new EnumMap<>(Split.class);
    private final ExampleReading.Batches batches = split -> open(split).examples;

    /// @param reading of events of `partition` of the source topic `topic`, which are written into every block
    /// @param numbers how many number features its examples have
    /// @param lineage of the block topics
    public Splitter(
            ExampleReading reading,
            int numbers,
            String lineage,
            long specHash,
            String topic,
            int partition,
            Output output) {
        this.reading = reading;
        this.lineage = lineage;
        this.specHash = specHash;
        this.topic = topic;
        this.partition = partition;
        this.output = output;
        for (var split : Split.values()) {
            open.put(split, new Open(split, new Examples(numbers)));
        }
    }

    /// Reads one event and, if it has a label, adds it to its split's block.
    ///
    /// @param timestamp of the record, milliseconds since 1970
    /// @throws io.millrace.event.BadEvent why the event can't be used; nothing of it is kept then
    public void accept(byte[] value, int offset, int length, long recordOffset, long timestamp) {
        var split = reading.read(value, offset, length, recordOffset, timestamp, batches);
        if (split != null) {
            open(split).added(recordOffset);
        }
    }

    /// Which fields that features read were there.
    public FieldsSeen seen() {
        return reading.seen();
    }

    private Open open(Split split) {
        return requireNonNull(open.get(split));
    }

    /// Cuts the part-filled blocks: called when the offsets they came from are about to be committed.
    public void flush() {
        for (var block : open.values()) {
            block.cut();
        }
    }

    /// Drops what is not flushed.
    public void clear() {
        for (var block : open.values()) {
            block.examples.clear();
        }
    }

    /// The block of one split that is being filled.
    private final class Open {
        private final Split split;
        private final Examples examples;
        private long firstOffset;
        private long lastOffset;

        Open(Split split, Examples examples) {
            this.split = split;
            this.examples = examples;
        }

        /// The block has one example more.
        void added(long recordOffset) {
            var n = examples.size;
            if (n == 1) {
                firstOffset = recordOffset;
            }
            lastOffset = recordOffset;
            if (n == Blocks.CAPACITY || examples.rows[n] >= BLOCK_ENTRIES) {
                cut();
            }
        }

        void cut() {
            if (examples.size > 0) {
                output.block(
                        split, Blocks.encode(examples, lineage, specHash, topic, partition, firstOffset, lastOffset));
                examples.clear();
            }
        }
    }
}
