package io.millrace.model;

import io.millrace.learn.Cells;
import java.util.Arrays;

/// The weights that one version carries, in ascending order of index; reused from version to version.
final class Changes {
    private final int bits;
    /// The weights as last published, page by page beside the trainer's.
    private final float[] published;

    int size;
    int[] indices = new int[4096];
    float[] weights = new float[4096];

    Changes(int bits) {
        this.bits = bits;
        published = new float[1 << bits];
    }

    /// Collects the weights that differ from the published ones; for a keyframe also all others that are not 0.
    ///
    /// @return false if a weight is not finite: the collection is of no use then
    boolean collect(Cells cells, boolean keyframe) {
        size = 0;
        var page = Math.min(Cells.PAGE, 1 << bits);
        for (var first = 0; first < published.length; first += page) {
            if (!keyframe && isUnchanged(cells, first, first + page)) {
                continue;
            }
            for (var index = first; index < first + page; index++) {
                var weight = cells.data[index * cells.stride];
                var now = Float.floatToRawIntBits(weight);
                if (keyframe ? now == 0 : now == Float.floatToRawIntBits(published[index])) {
                    continue;
                }
                if (!Float.isFinite(weight)) {
                    return false;
                }
                add(index, weight);
            }
        }
        return true;
    }

    /// Makes the weights collected the published ones, once the version that carries the collection is cut.
    void publish(boolean keyframe) {
        if (keyframe) {
            Arrays.fill(published, 0);
        }
        for (var i = 0; i < size; i++) {
            published[indices[i]] = weights[i];
        }
    }

    private boolean isUnchanged(Cells cells, int from, int to) {
        return cells.stride == 1 && Arrays.mismatch(published, from, to, cells.data, from, to) < 0;
    }

    private void add(int index, float weight) {
        if (size == indices.length) {
            indices = Arrays.copyOf(indices, 2 * size);
            weights = Arrays.copyOf(weights, 2 * size);
        }
        indices[size] = index;
        weights[size++] = weight;
    }
}
