package io.millrace.learn;

import java.util.Arrays;

/// The distinct features of a mini-batch, numbered in the order in which they come.
final class Slots {
    private int[] table = new int[64];
    private int[] features = new int[32];
    private int size;

    /// Forgets all, and makes room for so many.
    void clear(int most) {
        if (features.length < most) {
            features = new int[2 * most];
            table = new int[Integer.highestOneBit(features.length) * 4];
        } else {
            Arrays.fill(table, 0);
        }
        size = 0;
    }

    /// The slot of a feature, a new one where it has none.
    int of(int feature) {
        var mask = table.length - 1;
        var at = ((feature * 0x9e3779b9) >>> 7) & mask;
        while (table[at] != 0) {
            if (features[table[at] - 1] == feature) {
                return table[at] - 1;
            }
            at = (at + 1) & mask;
        }
        features[size] = feature;
        table[at] = ++size;
        return size - 1;
    }

    int size() {
        return size;
    }

    int feature(int slot) {
        return features[slot];
    }
}
