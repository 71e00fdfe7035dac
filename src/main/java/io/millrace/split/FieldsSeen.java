package io.millrace.split;

import io.millrace.event.Fields;
import io.millrace.event.Row;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/// Which of the fields that features read were there in any event so far. One that never is may be misspelt: an event
/// may lack a field, so nothing else tells.
public final class FieldsSeen {
    private final TreeMap<String, Integer> unseen = new TreeMap<>();
    private long events;

    /// @param names of those that count
    public FieldsSeen(Fields fields, Collection<String> names) {
        names.forEach(name -> unseen.put(name, fields.require(name)));
    }

    void add(Row row) {
        events++;
        if (!unseen.isEmpty()) {
            unseen.values().removeIf(slot -> !row.isMissing(slot));
        }
    }

    /// Events so far.
    public long events() {
        return events;
    }

    /// Names of those that no event has had, sorted.
    public List<String> never() {
        return List.copyOf(unseen.keySet());
    }
}
