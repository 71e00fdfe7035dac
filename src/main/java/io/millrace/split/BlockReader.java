package io.millrace.split;

import io.millrace.feature.Examples;
import io.millrace.schema.Block;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads one block: checks its shape, then its checksum, then what the columns say, and only then hands out examples.
final class BlockReader {
    private final Block block;
    private final int bits;
    private final int[] numberIndices;
    private final int n;
    /// Hashed entries of all rows.
    private final int entries;

    BlockReader(Block block, int bits, int[] numberIndices) {
        this.block = block;
        this.bits = bits;
        this.numberIndices = numberIndices;
        n = block.getCount();
        entries = block.getIndices().remaining() / Integer.BYTES;
    }

    void read(Examples into) {
        into.clear();
        if (numberIndices.length != into.numbers) {
            throw fault("number features = " + numberIndices.length, into.numbers);
        }
        checkShape();
        checkCrc();
        into.reserve(n, entries + n * into.numbers);
        readRows(into);
        readEntries(into);
        readNumbers(into);
        Columns.unpack(block.getLabels(), into.labels, n);
        readWeights(into);
        Columns.unpack(block.getIds(), into.ids, n);
        Columns.unpack(block.getGroups(), into.groups, n);
        Columns.unpack(block.getTimes(), into.times, n);
        into.size = n;
    }

    private void checkShape() {
        if (n < 1 || n > Blocks.CAPACITY) {
            throw fault("count = " + n, "1 to " + Blocks.CAPACITY);
        }
        checkLength("labels", block.getLabels(), n, Float.BYTES);
        checkLength("weights", block.getWeights(), n, Float.BYTES);
        checkLength("ids", block.getIds(), n, Long.BYTES);
        checkLength("groups", block.getGroups(), n, Long.BYTES);
        checkLength("times", block.getTimes(), n, Long.BYTES);
        checkLength("numbers", block.getNumbers(), n * numberIndices.length, Float.BYTES);
        checkLength("rows", block.getRows(), n + 1, Integer.BYTES);
        checkLength("indices", block.getIndices(), entries, Integer.BYTES);
        checkLength("values", block.getValues(), entries, Float.BYTES);
        if (block.getRows() == null && entries % n != 0) {
            throw fault(entries + " entries in " + n + " rows", "equally long rows, or their starts");
        }
    }

    private void checkLength(String column, @Nullable ByteBuffer bytes, int count, int width) {
        if (bytes != null && bytes.remaining() != count * width) {
            throw fault("bytes of " + column + " = " + bytes.remaining(), count * width);
        }
    }

    private void checkCrc() {
        var crc = Columns.crc(
                block.getRows(),
                block.getIndices(),
                block.getValues(),
                block.getNumbers(),
                block.getLabels(),
                block.getWeights(),
                block.getIds(),
                block.getGroups(),
                block.getTimes());
        if (crc != block.getCrc()) {
            throw fault("crc = " + block.getCrc(), crc);
        }
    }

    /// Where rows start in the examples, the numbers of each before its hashed entries.
    private void readRows(Examples into) {
        var column = block.getRows();
        var starts = column == null ? null : Columns.view(column);
        var before = 0;
        for (var i = 0; i <= n; i++) {
            var start = starts == null ? entries / n * i : starts.getInt(i * Integer.BYTES);
            if (start < before || start > entries || (i == 0 && start != 0) || (i == n && start != entries)) {
                throw fault("start of row " + i + " = " + start, i == 0 ? "0" : before + " to " + entries);
            }
            into.rows[i] = start + i * into.numbers;
            before = start;
        }
    }

    private void readEntries(Examples into) {
        var k = into.numbers;
        var indices = Columns.view(block.getIndices()).asIntBuffer();
        var column = block.getValues();
        var values = column == null ? null : Columns.view(column).asFloatBuffer();
        for (var i = 0; i < n; i++) {
            var from = into.rows[i] + k;
            var length = into.rows[i + 1] - from;
            indices.get(into.indices, from, length);
            if (values == null) {
                Arrays.fill(into.values, from, from + length, 1);
            } else {
                values.get(into.values, from, length);
            }
            for (var j = from; j < from + length; j++) {
                if (into.indices[j] >>> bits != 0) {
                    throw fault("an index = " + into.indices[j], "0 to " + ((1 << bits) - 1));
                }
            }
        }
    }

    private void readNumbers(Examples into) {
        var k = into.numbers;
        var numbers = Columns.view(block.getNumbers()).asFloatBuffer();
        for (var i = 0; i < n; i++) {
            numbers.get(into.values, into.rows[i], k);
            System.arraycopy(numberIndices, 0, into.indices, into.rows[i], k);
        }
    }

    private void readWeights(Examples into) {
        var column = block.getWeights();
        if (column == null) {
            Arrays.fill(into.weights, 0, n, 1);
            return;
        }
        Columns.unpack(column, into.weights, n);
        for (var i = 0; i < n; i++) {
            if (!(into.weights[i] >= 0 && into.weights[i] <= Float.MAX_VALUE)) {
                throw fault("weight of row " + i + " = " + into.weights[i], "a finite number from 0 on");
            }
        }
    }

    private IllegalArgumentException fault(String what, Object expected) {
        return new IllegalArgumentException("block of " + block.getTopic() + "-" + block.getPartition() + ", offsets "
                + block.getFirstOffset() + " to " + block.getLastOffset() + ": " + what + " is wrong: expected "
                + expected);
    }
}
