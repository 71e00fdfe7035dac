package io.millrace.model;

import io.millrace.learn.Cells;
import io.millrace.schema.Manifest;
import io.millrace.schema.VersionRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A version written whole again, so that it outlives the versions topic: the same weights, digest and figures, and no
/// parent.
final class Keyframe {
    private Keyframe() {}

    /// Chunks under 1 MiB, then the manifest: what [Model#of] makes the same version of.
    static List<VersionRecord> of(Model model) {
        var manifest = model.manifest();
        var parameters = model.published();
        var size = model.empty().length / parameters;
        var indices = new int[4096];
        var weights = new float[4096 * parameters];
        var count = 0;
        for (var page = 0; page < model.pages().length; page++) {
            for (var at = 0; at < size; at++) {
                if (isEmpty(model.pages()[page], at * parameters, parameters)) {
                    continue;
                }
                if (count == indices.length) {
                    indices = Arrays.copyOf(indices, 2 * count);
                    weights = Arrays.copyOf(weights, 2 * count * parameters);
                }
                indices[count] = page * Cells.PAGE + at;
                System.arraycopy(model.pages()[page], at * parameters, weights, count * parameters, parameters);
                count++;
            }
        }
        var records = new ArrayList<VersionRecord>();
        var chunk = Publisher.chunk(parameters);
        for (var from = 0; from < count; from += chunk) {
            var to = Math.min(from + chunk, count);
            records.add(new VersionRecord(CellCodec.chunk(
                    manifest.getLineage(),
                    manifest.getVersion(),
                    records.size(),
                    indices,
                    weights,
                    parameters,
                    from,
                    to)));
        }
        records.add(new VersionRecord(Manifest.newBuilder(manifest)
                .setParent(null)
                .setChunks(records.size())
                .setCells(count)
                .setSpec(model.spec().toJson())
                .build()));
        return records;
    }

    /// Whether `n` floats are all +0.
    static boolean isEmpty(float[] floats, int from, int n) {
        for (var k = from; k < from + n; k++) {
            if (Float.floatToRawIntBits(floats[k]) != 0) {
                return false;
            }
        }
        return true;
    }
}
