package io.millrace.split;

import io.millrace.feature.Examples;
import io.millrace.schema.Block;

/// Examples to blocks and back.
public final class Blocks {
    /// Most examples in a block.
    public static final int CAPACITY = 1024;

    private Blocks() {}

    /// @param lineage of the log
    public static Block encode(
            Examples examples,
            String lineage,
            long specHash,
            String topic,
            int partition,
            long firstOffset,
            long lastOffset) {
        throw new UnsupportedOperationException();
    }

    /// Fills `into` with the examples of a block; number features get their indices from `numberIndices`.
    ///
    /// @throws IllegalArgumentException if the checksum or the shape of the block is wrong; says which, with
    ///     both figures
    public static void decode(Block block, int[] numberIndices, Examples into) {
        throw new UnsupportedOperationException();
    }
}
