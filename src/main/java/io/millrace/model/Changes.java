package io.millrace.model;

import io.millrace.learn.Cells;
import java.util.Arrays;

/// Finds the weights that a version carries: of the pages that changed since the last one, those that are not as
/// published.
///
/// What it costs is a pass over those pages; a keyframe, one over all pages that ever held a weight.
final class Changes {
    /// Takes a chunk of weights, `indices` ascending; the arrays are used again.
    interface Sink {
        void chunk(int[] indices, float[] weights, int n);
    }

    private final int page;
    /// The weights as last published, page by page beside the trainer's.
    private final float[] published;
    /// Pages that hold or held a weight, or were marked.
    private final boolean[] used;
    /// What changed before the first version is not known: all pages are read for it.
    private boolean first = true;

    private final int[] indices = new int[Publisher.CHUNK];
    private final float[] weights = new float[Publisher.CHUNK];
    private int n;

    Changes(int bits) {
        published = new float[1 << bits];
        page = Math.min(Cells.PAGE, published.length);
        used = new boolean[published.length / page];
    }

    /// Hands on the weights that differ from the published ones; for a keyframe all that are not 0.
    ///
    /// @return false if a weight is not finite: the chunks are of no use then
    boolean collect(Cells cells, boolean keyframe, Sink sink) {
        n = 0;
        for (var number = 0; number < used.length; number++) {
            if (changed(cells, number) || (keyframe && used[number])) {
                if (!collectPage(cells, number * page, keyframe, sink)) {
                    return false;
                }
            }
        }
        if (n > 0) {
            sink.chunk(indices, weights, n);
        }
        return true;
    }

    /// Makes the weights of the trainer the published ones, once the version that carries them is cut.
    void publish(Cells cells) {
        for (var number = 0; number < used.length; number++) {
            if (changed(cells, number)) {
                publishPage(cells, number * page);
                used[number] |= !first || holdsWeight(number * page);
                cells.seen(number, Cells.VERSION);
            }
        }
        first = false;
    }

    private void publishPage(Cells cells, int from) {
        if (cells.stride == 1) {
            System.arraycopy(cells.data, from, published, from, page);
            return;
        }
        for (var index = from; index < from + page; index++) {
            published[index] = cells.data[index * cells.stride];
        }
    }

    private boolean holdsWeight(int from) {
        for (var index = from; index < from + page; index++) {
            if (Float.floatToRawIntBits(published[index]) != 0) {
                return true;
            }
        }
        return false;
    }

    private boolean changed(Cells cells, int number) {
        return first || cells.changed(number, Cells.VERSION);
    }

    private boolean collectPage(Cells cells, int from, boolean keyframe, Sink sink) {
        for (var index = next(cells, keyframe, from, from + page);
                index < from + page;
                index = next(cells, keyframe, index + 1, from + page)) {
            var weight = cells.data[index * cells.stride];
            var now = Float.floatToRawIntBits(weight);
            if (keyframe ? now == 0 : now == Float.floatToRawIntBits(published[index])) {
                continue;
            }
            if (!Float.isFinite(weight)) {
                return false;
            }
            if (n == indices.length) {
                sink.chunk(indices, weights, n);
                n = 0;
            }
            indices[n] = index;
            weights[n++] = weight;
        }
        return true;
    }

    /// The first index from which a page is worth a look: most of its cells are as published.
    private int next(Cells cells, boolean keyframe, int from, int to) {
        if (keyframe || cells.stride != 1) {
            return from;
        }
        var found = Arrays.mismatch(published, from, to, cells.data, from, to);
        return found < 0 ? to : from + found;
    }
}
