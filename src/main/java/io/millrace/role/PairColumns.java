package io.millrace.role;

import io.millrace.evaluate.Pairing;
import java.nio.ByteBuffer;
import java.util.List;

/// Pairs in columns, as a judgement holds them.
final class PairColumns {
    final float[] labels;
    final float[] weights;
    final float[] served;
    final float[] candidate;
    final long[] ids;
    private final byte[] clusters;

    PairColumns(List<Pairing.Row> rows) {
        var n = rows.size();
        labels = new float[n];
        weights = new float[n];
        served = new float[n];
        candidate = new float[n];
        ids = new long[n];
        clusters = new byte[n];
        for (var i = 0; i < n; i++) {
            var row = rows.get(i);
            labels[i] = row.label();
            weights[i] = row.weight();
            served[i] = row.served();
            candidate[i] = row.candidate();
            ids[i] = row.id();
            clusters[i] = (byte) row.cluster();
        }
    }

    ByteBuffer clusters() {
        return ByteBuffer.wrap(clusters);
    }
}
