package io.millrace.event;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The fields of an event that a spec names, each with its slot in a [Row].
public final class Fields {
    private final List<String> names;
    private final Map<String, Integer> slots = new HashMap<>();
    private final Set<String> redacted;

    /// @param names distinct; their order gives the slots
    /// @throws IllegalArgumentException if a name occurs twice or is empty
    public Fields(List<String> names) {
        this(names, Set.of());
    }

    private Fields(List<String> names, Set<String> redacted) {
        this.names = List.copyOf(names);
        this.redacted = Set.copyOf(redacted);
        for (var name : this.names) {
            if (name.isBlank()) {
                throw new IllegalArgumentException("a field has an empty name");
            }
            if (slots.put(name, slots.size()) != null) {
                throw new IllegalArgumentException("field " + name + " is listed twice");
            }
        }
    }

    /// The same fields, where no message may hold a value of some of them.
    ///
    /// @param redacted names, also of fields that are not among these: an event may have them all the same
    public Fields redacting(Set<String> redacted) {
        return new Fields(names, redacted);
    }

    /// Whether no message may hold the value of this field.
    boolean redacts(int slot) {
        return !redacted.isEmpty() && redacted.contains(names.get(slot));
    }

    /// Whether there is any such field: then no message may hold bytes of which it is not known whose they are.
    public boolean redactsAny() {
        return !redacted.isEmpty();
    }

    public List<String> names() {
        return names;
    }

    public int size() {
        return names.size();
    }

    /// The slot of a field, or -1 where the spec does not name it.
    public int slot(String name) {
        return slots.getOrDefault(name, -1);
    }

    /// The slot of a field that must be there.
    ///
    /// @throws IllegalArgumentException if it is not among the fields
    public int require(String name) {
        int slot = slot(name);
        if (slot < 0) {
            throw new IllegalArgumentException("field " + name + " is not among the fields that are read: " + names);
        }
        return slot;
    }
}
