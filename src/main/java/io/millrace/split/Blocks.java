package io.millrace.split;

import io.millrace.feature.Examples;
import io.millrace.schema.Block;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Examples to blocks and back. See `schemas/train-record.avsc` for the columns; number features stand apart from the
/// hashed entries, without their indices.
public final class Blocks {
    /// Most examples in a block.
    public static final int CAPACITY = 1024;

    private Blocks() {}

    /// Packs all examples of a batch.
    ///
    /// @param lineage of the log
    /// @throws IllegalArgumentException if there are none, or more than [#CAPACITY]
    public static Block encode(
            Examples examples,
            String lineage,
            long specHash,
            String topic,
            int partition,
            long firstOffset,
            long lastOffset) {
        var n = examples.size;
        if (n < 1 || n > CAPACITY) {
            throw new IllegalArgumentException("a block of " + n + " examples: expected 1 to " + CAPACITY);
        }
        var rows = rows(examples);
        var indices = indices(examples);
        var values = values(examples);
        var numbers = numbers(examples);
        var labels = Columns.pack(examples.labels, n);
        var weights = weights(examples);
        var ids = Columns.pack(examples.ids, n);
        var groups = Columns.pack(examples.groups, n);
        var times = Columns.pack(examples.times, n);
        return Block.newBuilder()
                .setLineage(lineage)
                .setSpecHash(specHash)
                .setTopic(topic)
                .setPartition(partition)
                .setFirstOffset(firstOffset)
                .setLastOffset(lastOffset)
                .setCount(n)
                .setRows(rows)
                .setIndices(indices)
                .setValues(values)
                .setNumbers(numbers)
                .setLabels(labels)
                .setWeights(weights)
                .setIds(ids)
                .setGroups(groups)
                .setTimes(times)
                .setCrc(Columns.crc(rows, indices, values, numbers, labels, weights, ids, groups, times))
                .build();
    }

    /// Fills `into` with the examples of a block, whatever was there; number features get their indices from
    /// `numberIndices`. Nothing is trusted before it is checked, and no more room is made than the block has bytes
    /// for.
    ///
    /// @param bits log2 of the size of the feature space
    /// @throws IllegalArgumentException if the checksum, the shape or an index of the block is wrong; says which,
    ///     with both figures. `into` is empty then
    public static void decode(Block block, int bits, int[] numberIndices, Examples into) {
        new BlockReader(block, bits, numberIndices).read(into);
    }

    /// Where each row starts among the hashed entries; null where all rows are equally long.
    private static @Nullable ByteBuffer rows(Examples examples) {
        var n = examples.size;
        var length = examples.rows[1];
        var uniform = true;
        for (var i = 1; i < n && uniform; i++) {
            uniform = examples.rows[i + 1] - examples.rows[i] == length;
        }
        if (uniform) {
            return null;
        }
        var column = Columns.room(n + 1, Integer.BYTES);
        for (var i = 0; i <= n; i++) {
            column.putInt(i * Integer.BYTES, examples.rows[i] - i * examples.numbers);
        }
        return column;
    }

    private static int entries(Examples examples) {
        return examples.rows[examples.size] - examples.size * examples.numbers;
    }

    private static ByteBuffer indices(Examples examples) {
        var column = Columns.room(entries(examples), Integer.BYTES);
        var ints = column.asIntBuffer();
        for (var i = 0; i < examples.size; i++) {
            var from = examples.rows[i] + examples.numbers;
            ints.put(examples.indices, from, examples.rows[i + 1] - from);
        }
        return column;
    }

    private static @Nullable ByteBuffer values(Examples examples) {
        if (allOne(examples)) {
            return null;
        }
        var column = Columns.room(entries(examples), Float.BYTES);
        var floats = column.asFloatBuffer();
        for (var i = 0; i < examples.size; i++) {
            var from = examples.rows[i] + examples.numbers;
            floats.put(examples.values, from, examples.rows[i + 1] - from);
        }
        return column;
    }

    private static boolean allOne(Examples examples) {
        for (var i = 0; i < examples.size; i++) {
            for (var j = examples.rows[i] + examples.numbers; j < examples.rows[i + 1]; j++) {
                if (examples.values[j] != 1) {
                    return false;
                }
            }
        }
        return true;
    }

    private static ByteBuffer numbers(Examples examples) {
        var column = Columns.room(examples.size * examples.numbers, Float.BYTES);
        var floats = column.asFloatBuffer();
        for (var i = 0; i < examples.size; i++) {
            floats.put(examples.values, examples.rows[i], examples.numbers);
        }
        return column;
    }

    private static @Nullable ByteBuffer weights(Examples examples) {
        for (var i = 0; i < examples.size; i++) {
            if (examples.weights[i] != 1) {
                return Columns.pack(examples.weights, examples.size);
            }
        }
        return null;
    }
}
