package io.millrace.split;

import static java.util.Objects.requireNonNull;

import io.millrace.event.BadEvent;
import io.millrace.event.EventReading;
import io.millrace.event.Fields;
import io.millrace.event.Row;
import io.millrace.feature.Examples;
import io.millrace.feature.FeatureEncoder;
import io.millrace.schema.Block;
import java.util.EnumMap;
import java.util.List;
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

    /// Entries that fill a block: with [#ROW_ENTRIES] more it is still under 1 MiB.
    static final int BLOCK_ENTRIES = 65_536;

    /// Most entries of one example.
    static final int ROW_ENTRIES = 32_768;

    private final EventReading reading;
    private final FeatureEncoder encoder;
    private final GroupSplit groups;
    private final KeyHash ids;
    private final boolean idFields;
    private final Row row;
    private final String lineage;
    private final long specHash;
    private final String topic;
    private final int partition;
    private final Output output;
    private final Map<Split, Open> open = new EnumMap<>(Split.class);

    /// @param fields of the rows that `reading`, `encoder` and `groups` are bound to
    /// @param id fields that identify an event; empty: its topic, partition and offset do
    /// @param numbers how many number features `encoder` writes
    /// @param lineage of the block topics
    /// @param topic source topic, and `partition` of it, written into every block
    public Splitter(
            EventReading reading,
            FeatureEncoder encoder,
            GroupSplit groups,
            Fields fields,
            List<String> id,
            int numbers,
            String lineage,
            long specHash,
            String topic,
            int partition,
            Output output) {
        this.reading = reading;
        this.encoder = encoder;
        this.groups = groups;
        ids = new KeyHash(id, fields);
        idFields = !id.isEmpty();
        row = new Row(fields);
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
    /// @throws BadEvent why the event can't be used; nothing of it is kept then
    public void accept(byte[] value, int offset, int length, long recordOffset, long timestamp) {
        reading.decoder().decode(value, offset, length, row);
        var time = reading.time(row, timestamp);
        var label = reading.label(row);
        var group = groups.group(row);
        var block = open(groups.of(group));
        block.examples.begin();
        encoder.encode(row, block.examples);
        if (!Float.isNaN(label)) {
            block.end(label, id(recordOffset), group, time, recordOffset);
        }
    }

    private Open open(Split split) {
        return requireNonNull(open.get(split));
    }

    private long id(long recordOffset) {
        return idFields ? ids.of(row) : ids.of(topic + "-" + partition + "-" + recordOffset);
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

        /// Completes the example begun.
        void end(float label, long id, long group, long time, long recordOffset) {
            examples.end(label, 1, id, group, time);
            var n = examples.size;
            if (examples.rows[n] - examples.rows[n - 1] > ROW_ENTRIES) {
                var entries = examples.rows[n] - examples.rows[n - 1];
                examples.size--;
                throw new BadEvent("the event has " + entries + " features: expected at most " + ROW_ENTRIES);
            }
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
