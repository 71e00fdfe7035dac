package io.millrace.learn;

import java.util.Arrays;

/// The entries of a mini-batch by their features: these in the order in which they come, those of one in theirs.
/// Entries
/// of value 0 and rows that are left out have no part.
final class ByFeature {
    private final Slots slots = new Slots();
    /// The feature of slot `s`, whose entries are number `starts[s]` to `starts[s + 1]`.
    int[] features = {};

    int[] starts = {0, 0};
    /// The row and the value of each entry.
    int[] rows = {};

    float[] x = {};
    private int[] slotOf = {};

    int size() {
        return slots.size();
    }

    /// @param left the rows that are left out
    void sort(Pending pending, boolean[] left) {
        var n = pending.entries();
        makeRoom(n);
        slots.clear(n);
        Arrays.fill(starts, 0, n + 2, 0);
        for (var r = 0; r < pending.rows; r++) {
            for (var j = pending.begin(r); j < pending.ends[r]; j++) {
                slotOf[j] = left[r] || pending.x[j] == 0 ? -1 : slots.of(pending.indices[j]);
                if (slotOf[j] >= 0) {
                    features[slotOf[j]] = pending.indices[j];
                    starts[slotOf[j] + 2]++;
                }
            }
        }
        for (var s = 2; s <= slots.size() + 1; s++) {
            starts[s] += starts[s - 1];
        }
        // where slot s goes on stands one behind where it begins: when all are placed, that is where the next begins
        for (var r = 0; r < pending.rows; r++) {
            for (var j = pending.begin(r); j < pending.ends[r]; j++) {
                if (slotOf[j] >= 0) {
                    var at = starts[slotOf[j] + 1]++;
                    rows[at] = r;
                    x[at] = pending.x[j];
                }
            }
        }
    }

    private void makeRoom(int n) {
        if (slotOf.length < n || starts.length < n + 2) {
            slotOf = new int[2 * n];
            features = new int[2 * n];
            starts = new int[2 * n + 2];
            rows = new int[2 * n];
            x = new float[2 * n];
        }
    }
}
