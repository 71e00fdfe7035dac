package io.millrace.event;

import java.util.List;

/// The fields of an event that a spec names, each with its slot in a [Row].
public final class Fields {
    private final List<String> names;

    /// @param names distinct; their order gives the slots
    public Fields(List<String> names) {
        this.names = List.copyOf(names);
    }

    public List<String> names() {
        return names;
    }

    public int size() {
        return names.size();
    }

    /// The slot of a field, or -1 where the spec does not name it.
    public int slot(String name) {
        return names.indexOf(name);
    }
}
