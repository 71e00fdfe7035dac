package io.millrace.learn;

import io.millrace.feature.Examples;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The rows of a mini-batch that is not full yet: committed state, like everything that is learned.
///
/// - **Shape**: row `r` has the label `labels[r]`, and the entries `ends[r - 1]` to `ends[r]` (the first from 0).
/// - **Full**: with `most` rows, or as soon as there are [#MOST_ENTRIES] entries, so that what is stored stays below
///   the size of a record. Both are counted along the partition: where a block ends makes no difference.
/// - **Bytes**: little-endian; rows as int32, of each row label and weight as float32 and its entries as int32, then
/// all
///   indices as int32, then all values as float32. No bytes at all are no rows.
final class Pending {
    /// 512 KiB of them.
    static final int MOST_ENTRIES = 1 << 16;

    private final int most;
    final float[] labels;
    final float[] weights;
    final int[] ends;
    int[] indices = new int[1024];
    float[] x = new float[1024];
    int rows;

    Pending(int most) {
        this.most = most;
        labels = new float[most];
        weights = new float[most];
        ends = new int[most];
    }

    /// Takes a row, which there is room for.
    ///
    /// @param values of the batch, numbers scaled
    void add(Examples batch, int row, float[] values) {
        var from = batch.rows[row];
        var n = batch.rows[row + 1] - from;
        var at = entries();
        makeRoom(at + n);
        System.arraycopy(batch.indices, from, indices, at, n);
        System.arraycopy(values, from, x, at, n);
        end(batch.labels[row], batch.weights[row], at + n);
    }

    private void end(float label, float weight, int end) {
        labels[rows] = label;
        weights[rows] = weight;
        ends[rows++] = end;
    }

    private void makeRoom(int n) {
        if (indices.length < n) {
            indices = Arrays.copyOf(indices, 2 * n);
            x = Arrays.copyOf(x, 2 * n);
        }
    }

    boolean isFull() {
        return rows == most || entries() >= MOST_ENTRIES;
    }

    /// Entries of all rows.
    int entries() {
        return begin(rows);
    }

    /// Where the entries of a row begin.
    int begin(int row) {
        return row == 0 ? 0 : ends[row - 1];
    }

    void clear() {
        rows = 0;
    }

    ByteBuffer bytes() {
        if (rows == 0) {
            return ByteBuffer.allocate(0);
        }
        var bytes = ByteBuffer.allocate(4 * (1 + 3 * rows + 2 * entries())).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(rows);
        for (var r = 0; r < rows; r++) {
            bytes.putFloat(labels[r]).putFloat(weights[r]).putInt(ends[r] - begin(r));
        }
        for (var j = 0; j < entries(); j++) {
            bytes.putInt(indices[j]);
        }
        for (var j = 0; j < entries(); j++) {
            bytes.putFloat(x[j]);
        }
        return bytes.flip();
    }

    /// @param cells of features: more than any index
    /// @throws IllegalArgumentException if they are no rows of a part-filled mini-batch; there are none then
    void restore(ByteBuffer from, int cells) {
        clear();
        if (!from.hasRemaining()) {
            return;
        }
        try {
            read(from.duplicate().order(ByteOrder.LITTLE_ENDIAN), cells);
        } catch (BufferUnderflowException | IllegalArgumentException broken) {
            clear();
            throw new IllegalArgumentException(
                    "the state has " + from.remaining() + " bytes of pending rows that are none of a mini-batch of "
                            + most,
                    broken);
        }
    }

    private void read(ByteBuffer bytes, int cells) {
        var n = bytes.getInt();
        require(n > 0 && n < most);
        for (var r = 0; r < n; r++) {
            var label = bytes.getFloat();
            var weight = bytes.getFloat();
            var entries = bytes.getInt();
            require(entries >= 0 && entries < MOST_ENTRIES - entries());
            end(label, weight, entries() + entries);
        }
        require(bytes.remaining() == 2 * Integer.BYTES * entries());
        makeRoom(entries());
        for (var j = 0; j < entries(); j++) {
            indices[j] = bytes.getInt();
            require(indices[j] >= 0 && indices[j] < cells);
        }
        for (var j = 0; j < entries(); j++) {
            x[j] = bytes.getFloat();
        }
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException("out of bounds");
        }
    }
}
