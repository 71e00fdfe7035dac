package io.millrace.learn;

import io.millrace.kernel.Entries;

/// One example as an optimizer needs it; used again and again.
final class Row {
    final Entries entries = new Entries();

    float margin;
    float label;
    /// How often the example counts.
    float weight;
    /// Number of the example, from 1.
    long t;

    /// Makes it the same example; its entries stay as they are.
    void like(Row other) {
        margin = other.margin;
        label = other.label;
        weight = other.weight;
        t = other.t;
    }
}
