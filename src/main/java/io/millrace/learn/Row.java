package io.millrace.learn;

/// One example as an optimizer needs it; used again and again. Entry `j` of `n` has the cell `indices[from +
/// j]` and the value `x[offset + j]`.
final class Row {
    int[] indices = {};
    int from;
    float[] x = {};
    int offset;
    int n;

    float margin;
    float label;
    /// How often the example counts.
    float weight;
    /// Number of the example, from 1.
    long t;
}
