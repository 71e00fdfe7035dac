package io.millrace.feature;

import java.util.Arrays;

/// A batch of sparse examples in columns. The arrays grow and are owned here; readers may look but not keep them.
///
/// - **Shape**: row `i` is `indices[rows[i] .. rows[i + 1])` with `values` beside; its first [#numbers] entries are the
///   number features in the order of the spec, unscaled, `NaN` where missing; then the hashed ones.
/// - **Units**: `times` in milliseconds since 1970; `ids` and `groups` are hashes.
///
/// Filled by `begin(); number(…)…; add(…)…; end(…)`; a row that fails half-way is dropped by the next `begin`.
public final class Examples {
    /// How many number features every row starts with.
    public final int numbers;

    public int size;
    public int[] rows = new int[1025];
    public int[] indices = new int[16 * 1024];
    public float[] values = new float[16 * 1024];
    public float[] labels = new float[1024];
    public float[] weights = new float[1024];
    public long[] ids = new long[1024];
    public long[] groups = new long[1024];
    public long[] times = new long[1024];
    private int end;

    public Examples(int numbers) {
        this.numbers = numbers;
    }

    public void clear() {
        size = 0;
        end = 0;
    }

    /// Starts a row after the last whole one.
    public void begin() {
        end = rows[size];
        if (size == 0) {
            end = 0;
            rows[0] = 0;
        }
    }

    /// Adds one entry to the row begun.
    public void add(int index, float value) {
        if (end == indices.length) {
            indices = Arrays.copyOf(indices, 2 * end);
            values = Arrays.copyOf(values, 2 * end);
        }
        indices[end] = index;
        values[end++] = value;
    }

    /// Entries of the row begun.
    int begun() {
        return end - rows[size];
    }

    /// Completes the row begun.
    public void end(float label, float weight, long id, long group, long time) {
        if (size == labels.length) {
            grow(2 * size);
        }
        labels[size] = label;
        weights[size] = weight;
        ids[size] = id;
        groups[size] = group;
        times[size] = time;
        rows[++size] = end;
    }

    /// Makes room for examples and entries, whatever is there already, so that they can be written straight into the
    /// arrays.
    public void reserve(int examples, int entries) {
        if (examples > labels.length) {
            grow(examples);
        }
        if (entries > indices.length) {
            indices = Arrays.copyOf(indices, entries);
            values = Arrays.copyOf(values, entries);
        }
    }

    private void grow(int capacity) {
        rows = Arrays.copyOf(rows, capacity + 1);
        labels = Arrays.copyOf(labels, capacity);
        weights = Arrays.copyOf(weights, capacity);
        ids = Arrays.copyOf(ids, capacity);
        groups = Arrays.copyOf(groups, capacity);
        times = Arrays.copyOf(times, capacity);
    }
}
