package io.millrace.replay;

import java.util.ArrayList;
import java.util.List;

/// The events that could not be used: how many, and why the first of them.
public final class BadEvents {
    /// Reasons that are kept.
    static final int KEPT = 5;

    private final List<String> reasons = new ArrayList<>();
    private long count;

    void add(String where, String reason) {
        count++;
        if (reasons.size() < KEPT) {
            reasons.add(where + ": " + reason);
        }
    }

    public long count() {
        return count;
    }

    /// Of the first few, each with its place.
    public List<String> reasons() {
        return List.copyOf(reasons);
    }
}
