package io.millrace.model;

import io.millrace.learn.Cells;
import java.util.Arrays;

/// Finds the weights that a version carries: of the pages that changed since the last one, those that are not as
/// published.
///
/// What it costs is a pass over those pages; a keyframe, one over all pages that ever held a weight.
final class Changes {
    /// Takes `n` cells, `indices` ascending, `weights` all parameters of each side by side; the arrays are used again.
    interface Sink {
        void chunk(int[] indices, float[] weights, int n);
    }

    /// Floats of the model a cell.
    private final int parameters;
    /// Cells a page.
    private final int page;
    /// The parameters as last published, all of a cell side by side.
    private final float[] published;
    /// Pages that hold or held a parameter, or were marked.
    private final boolean[] used;
    /// What changed before the first version is not known: all pages are read for it.
    private boolean first = true;

    private final int[] indices;
    private final float[] weights;
    private int n;

    /// @param cells how many there are
    Changes(int cells, int parameters) {
        this.parameters = parameters;
        published = new float[parameters * cells];
        page = Math.min(Cells.PAGE, cells);
        used = new boolean[cells / page];
        indices = new int[Publisher.chunk(parameters)];
        weights = new float[indices.length * parameters];
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
        if (cells.isPlain()) {
            System.arraycopy(cells.data, from * parameters, published, from * parameters, page * parameters);
            return;
        }
        var number = from * parameters;
        for (var index = from; index < from + page; index++) {
            for (var k = 0; k < parameters; k++) {
                published[number++] = cells.data[cells.at(index, k)];
            }
        }
    }

    private boolean holdsWeight(int from) {
        return !Keyframe.isEmpty(published, from * parameters, page * parameters);
    }

    private boolean changed(Cells cells, int number) {
        return first || cells.changed(number, Cells.VERSION);
    }

    private boolean collectPage(Cells cells, int from, boolean keyframe, Sink sink) {
        for (var index = next(cells, keyframe, from, from + page);
                index < from + page;
                index = next(cells, keyframe, index + 1, from + page)) {
            if (!(keyframe ? isThere(cells, index) : differs(cells, index))) {
                continue;
            }
            if (n == indices.length) {
                sink.chunk(indices, weights, n);
                n = 0;
            }
            indices[n] = index;
            if (!copy(cells, index, n * parameters)) {
                return false;
            }
            n++;
        }
        return true;
    }

    private boolean isThere(Cells cells, int index) {
        for (var k = 0; k < parameters; k++) {
            if (Float.floatToRawIntBits(cells.data[cells.at(index, k)]) != 0) {
                return true;
            }
        }
        return false;
    }

    private boolean differs(Cells cells, int index) {
        for (var k = 0; k < parameters; k++) {
            var now = Float.floatToRawIntBits(cells.data[cells.at(index, k)]);
            if (now != Float.floatToRawIntBits(published[index * parameters + k])) {
                return true;
            }
        }
        return false;
    }

    /// @return false if a parameter is not finite
    private boolean copy(Cells cells, int index, int at) {
        for (var k = 0; k < parameters; k++) {
            var parameter = cells.data[cells.at(index, k)];
            if (!Float.isFinite(parameter)) {
                return false;
            }
            weights[at + k] = parameter;
        }
        return true;
    }

    /// The first index from which a page is worth a look: most of its cells are as published.
    private int next(Cells cells, boolean keyframe, int from, int to) {
        if (keyframe || !cells.isPlain()) {
            return from;
        }
        var found = Arrays.mismatch(
                published, from * parameters, to * parameters, cells.data, from * parameters, to * parameters);
        return found < 0 ? to : from + found / parameters;
    }
}
