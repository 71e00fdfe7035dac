package io.millrace.learn;

import io.millrace.kernel.Entries;

/// A row whose cells were gathered, one after the other: entry `j` has cell `j`. Used again and again.
final class Gathered {
    private final Entries entries = new Entries();
    private int[] order = {};

    /// @param x values, from `offset` on
    /// @param n entries
    Entries of(float[] x, int offset, int n) {
        if (order.length < n) {
            order = new int[2 * n];
            for (var j = 0; j < order.length; j++) {
                order[j] = j;
            }
        }
        return entries.of(order, 0, x, offset, n);
    }
}
