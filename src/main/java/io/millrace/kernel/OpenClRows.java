package io.millrace.kernel;

import java.util.Arrays;

/// The entries of rows on a device: row `r` has the entries `ends[r - 1]` to `ends[r]`, the first from 0.
final class OpenClRows {
    final OpenClArray ends;
    final OpenClArray indices;
    final OpenClArray x;
    private final int[] end = {0};

    /// @param rows most of them
    OpenClRows(OpenCl device, int rows) {
        ends = device.array(rows);
        indices = device.array(1024);
        x = device.array(1024);
    }

    /// Takes `n` rows.
    void write(int[] ends, int n, int[] indices, float[] x) {
        var entries = ends[n - 1];
        this.indices.reserve(entries);
        this.x.reserve(entries);
        this.ends.write(ends, n);
        this.indices.write(indices, entries);
        this.x.write(x, 0, entries);
    }

    /// Takes one row.
    void write(Entries row) {
        end[0] = row.n;
        write(
                end,
                1,
                Arrays.copyOfRange(row.indices, row.from, row.from + row.n),
                Arrays.copyOfRange(row.x, row.offset, row.offset + row.n));
    }
}
