package io.millrace.event;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The fields of an event that a spec names, each with its slot in a [Row].
public final class Fields {
    private final List<String> names;
    private final Map<String, Integer> slots = new HashMap<>();

    /// @param names distinct; their order gives the slots
    /// @throws IllegalArgumentException if a name occurs twice or is empty
    public Fields(List<String> names) {
        this.names = List.copyOf(names);
        for (var name : this.names) {
            if (name.isBlank()) {
                throw new IllegalArgumentException("a field has an empty name");
            }
            if (slots.put(name, slots.size()) != null) {
                throw new IllegalArgumentException("field " + name + " is listed twice");
            }
        }
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
