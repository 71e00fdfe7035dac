package io.millrace.split;

import io.millrace.event.EventReading;
import io.millrace.event.Fields;
import io.millrace.feature.FeatureEncoder;
import io.millrace.schema.Block;

/// The whole of the split without Kafka: events of one source partition in, blocks out. One a task.
public final class Splitter {
    /// Where blocks go.
    public interface Output {
        /// A block that is full, or that [Splitter#flush] cut.
        void block(Split split, Block block);
    }

    /// @param numbers how many number features `encoder` writes
    /// @param lineage of the block topics
    /// @param topic source topic, and `partition` of it, written into every block
    public Splitter(
            EventReading reading,
            FeatureEncoder encoder,
            GroupSplit groups,
            Fields fields,
            int numbers,
            String lineage,
            long specHash,
            String topic,
            int partition,
            Output output) {
        throw new UnsupportedOperationException();
    }

    /// Reads one event and, if it has a label, adds it to its split's block.
    ///
    /// @param timestamp of the record, milliseconds since 1970
    /// @throws io.millrace.event.BadEvent why the event can't be used; nothing of it is kept then
    public void accept(byte[] value, int offset, int length, long recordOffset, long timestamp) {
        throw new UnsupportedOperationException();
    }

    /// Cuts the part-filled blocks: called when the offsets they came from are about to be committed.
    public void flush() {
        throw new UnsupportedOperationException();
    }

    /// Drops what is not flushed.
    public void clear() {
        throw new UnsupportedOperationException();
    }
}
