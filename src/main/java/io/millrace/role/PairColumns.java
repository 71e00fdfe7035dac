package io.millrace.role;

import io.millrace.evaluate.Pairing;
import java.nio.ByteBuffer;
import java.util.List;

/// Pairs in columns, as a judgement holds them.
final class PairColumns {
    final float[] labels;
    final float[] weights;
    /// All numbers of a prediction side by side.
    final float[] served;

    final float[] candidate;
    final long[] ids;
    private final byte[] clusters;

    PairColumns(List<Pairing.Row> rows) {
        var n = rows.size();
        labels = new float[n];
        weights = new float[n];
        var outputs = n == 0 ? 1 : rows.getFirst().served().length;
        served = new float[n * outputs];
        candidate = new float[n * outputs];
        ids = new long[n];
        clusters = new byte[n];
        for (var i = 0; i < n; i++) {
            var row = rows.get(i);
            labels[i] = row.label();
            weights[i] = row.weight();
            System.arraycopy(row.served(), 0, served, i * outputs, outputs);
            System.arraycopy(row.candidate(), 0, candidate, i * outputs, outputs);
            ids[i] = row.id();
            clusters[i] = (byte) row.cluster();
        }
    }

    ByteBuffer clusters() {
        return ByteBuffer.wrap(clusters);
    }
}
