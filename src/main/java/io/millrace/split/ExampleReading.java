package io.millrace.split;

import io.millrace.event.BadEvent;
import io.millrace.event.EventReading;
import io.millrace.event.Fields;
import io.millrace.event.Row;
import io.millrace.feature.Examples;
import io.millrace.feature.FeatureEncoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One event of a source partition to one example, in the split of its group. One a thread. What the split packs into
/// blocks and a replay learns at once goes through here.
public final class ExampleReading {
    /// Most bytes of an event.
    public static final int MOST_BYTES = 1 << 20;

    /// The batch that the examples of a split join.
    @FunctionalInterface
    public interface Batches {
        Examples of(Split split);
    }

    private final EventReading reading;
    private final FeatureEncoder encoder;
    private final GroupSplit groups;
    private final KeyHash ids;
    private final boolean idFields;
    private final Row row;
    private final String topic;
    private final int partition;

    /// @param fields of the rows that `reading`, `encoder` and `groups` are bound to
    /// @param id fields that identify an event; empty: its topic, partition and offset do
    /// @param topic source topic, and `partition` of it
    public ExampleReading(
            EventReading reading,
            FeatureEncoder encoder,
            GroupSplit groups,
            Fields fields,
            List<String> id,
            String topic,
            int partition) {
        this.reading = reading;
        this.encoder = encoder;
        this.groups = groups;
        ids = new KeyHash(id, fields);
        idFields = !id.isEmpty();
        row = new Row(fields);
        this.topic = topic;
        this.partition = partition;
    }

    /// Reads one event and, if it has a label, adds it to the batch of its split.
    ///
    /// @param timestamp of the record, milliseconds since 1970
    /// @return the split that got one example more; null where the event has no label
    /// @throws BadEvent why the event can't be used; nothing of it is kept then
    public @Nullable Split read(
            byte[] value, int offset, int length, long recordOffset, long timestamp, Batches batches) {
        requireSize(length);
        reading.decoder().decode(value, offset, length, row);
        var time = reading.time(row, timestamp);
        var label = reading.label(row);
        var group = groups.group(row);
        var split = groups.of(group);
        var batch = batches.of(split);
        batch.begin();
        encoder.encode(row, batch);
        if (Float.isNaN(label)) {
            return null;
        }
        batch.end(label, 1, id(recordOffset), group, time);
        return split;
    }

    /// What an event must pass before anything of it is read.
    ///
    /// @param length bytes of the event
    /// @throws BadEvent if they are more than [#MOST_BYTES]
    public static void requireSize(int length) {
        if (length > MOST_BYTES) {
            throw new BadEvent("the event has " + length + " bytes: expected at most " + MOST_BYTES);
        }
    }

    private long id(long recordOffset) {
        return idFields ? ids.of(row) : ids.of(topic + "-" + partition + "-" + recordOffset);
    }
}
