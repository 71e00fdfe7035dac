package io.millrace.split;

import io.millrace.event.BadEvent;
import io.millrace.event.EventReading;
import io.millrace.event.Fields;
import io.millrace.event.Row;
import io.millrace.feature.Examples;
import io.millrace.feature.FeatureEncoder;
import java.util.List;
import java.util.Set;
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
    private final List<String> idFields;
    private final int[] idSlots;
    private final @Nullable Ids known;
    private final FieldsSeen seen;
    private final Row row;
    private final String topic;
    private final int partition;
    private boolean duplicate;

    /// @param fields of the rows that `reading`, `encoder` and `groups` are bound to
    /// @param id fields that identify an event; empty: its topic, partition and offset do
    /// @param topic source topic, and `partition` of it
    /// @param read fields that features read
    /// @param known drops labelled events whose id it knows; null: none is dropped
    public ExampleReading(
            EventReading reading,
            FeatureEncoder encoder,
            GroupSplit groups,
            Fields fields,
            List<String> id,
            Set<String> read,
            String topic,
            int partition,
            @Nullable Ids known) {
        this.reading = reading;
        this.encoder = encoder;
        this.groups = groups;
        ids = new KeyHash(id, fields);
        idFields = List.copyOf(id);
        idSlots = id.stream().mapToInt(fields::require).toArray();
        this.known = known;
        row = new Row(fields);
        seen = new FieldsSeen(fields, read);
        this.topic = topic;
        this.partition = partition;
    }

    /// Reads one event and, if it has a label, adds it to the batch of its split.
    ///
    /// @param timestamp of the record, milliseconds since 1970
    /// @return the split that got one example more; null where the event has no label, or is a duplicate
    /// @throws BadEvent why the event can't be used; nothing of it is kept then
    public @Nullable Split read(
            byte[] value, int offset, int length, long recordOffset, long timestamp, Batches batches) {
        duplicate = false;
        requireSize(length);
        reading.decoder().decode(value, offset, length, row);
        var time = reading.time(row, timestamp);
        var label = reading.label(row);
        var group = groups.group(row);
        var split = groups.of(group);
        var batch = batches.of(split);
        batch.begin();
        encoder.encode(row, batch);
        seen.add(row);
        if (Float.isNaN(label)) {
            return null;
        }
        var id = id(recordOffset);
        if (known != null && !known.add(id, time)) {
            duplicate = true;
            return null;
        }
        batch.end(label, 1, id, group, time);
        return split;
    }

    /// Which fields that features read were there.
    public FieldsSeen seen() {
        return seen;
    }

    /// Whether the last event has a label and an id that was known.
    public boolean isDuplicate() {
        return duplicate;
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
        if (idSlots.length == 0) {
            return ids.of(topic + "-" + partition + "-" + recordOffset);
        }
        if (known != null) {
            requireId();
        }
        return ids.of(row);
    }

    /// Where duplicates are dropped an event must have an id: others without one would all be the same.
    private void requireId() {
        var length = 0;
        for (var k = 0; k < idSlots.length; k++) {
            if (row.isMissing(idSlots[k])) {
                throw new BadEvent(idFields.get(k)
                        + " is missing: expected a value, since it is part of the id and duplicates are dropped");
            }
            length += row.textLength(idSlots[k]);
        }
        if (length == 0) {
            throw new BadEvent(String.join(", ", idFields) + (idFields.size() == 1 ? " is empty" : " are empty")
                    + ": expected an id, since duplicates are dropped");
        }
    }
}
