package io.millrace.event;

import java.util.Arrays;

/// Walks the cells of one record of CSV (RFC 4180). One a thread.
final class CsvCells {
    /// Where the text of the cell lies.
    byte[] bytes = new byte[0];

    int offset;
    int length;

    private byte[] record = bytes;
    private int position;
    private int end;
    private boolean more;
    private byte[] unquoted = new byte[256];
    private int used;

    /// Starts over a record, with or without its line end. Texts of its cells stay as they are until the next one.
    void over(byte[] record, int from, int size) {
        this.record = record;
        position = from;
        end = from + size;
        if (end > from && record[end - 1] == '\n') {
            end--;
        }
        if (end > from && record[end - 1] == '\r') {
            end--;
        }
        more = true;
        used = 0;
    }

    /// Goes to the next cell. An empty record has one.
    ///
    /// @return false after the last one
    /// @throws BadEvent if a quote stands where RFC 4180 has none
    boolean next() {
        if (!more) {
            return false;
        }
        bytes = record;
        if (position < end && record[position] == '"') {
            quoted();
        } else {
            plain();
        }
        more = position < end;
        position++; // the comma
        return true;
    }

    private void plain() {
        offset = position;
        int i = position;
        for (; i < end; i++) {
            byte b = record[i];
            if (b > ',' || b < 0) {
                continue;
            }
            if (b == ',') {
                break;
            }
            if (b == '"' || b == '\n' || b == '\r') {
                throw new BadEvent("event has a quote or a line end in a cell that is not quoted");
            }
        }
        position = i;
        length = i - offset;
    }

    private void quoted() {
        int start = position + 1;
        int copied = used;
        for (int i = start; i < end; i++) {
            if (record[i] != '"') {
                continue;
            }
            if (i + 1 < end && record[i + 1] == '"') {
                i++;
                copy(start, i);
                start = i + 1;
            } else if (i + 1 == end || record[i + 1] == ',') {
                close(start, i, copied);
                return;
            } else {
                throw new BadEvent("event has text after the closing quote of a cell");
            }
        }
        throw new BadEvent("event ends within a quoted cell");
    }

    /// A cell without doubled quotes is taken where it lies.
    private void close(int start, int quote, int copied) {
        if (used == copied) {
            offset = start;
            length = quote - start;
        } else {
            copy(start, quote);
            bytes = unquoted;
            offset = copied;
            length = used - copied;
        }
        position = quote + 1;
    }

    private void copy(int from, int to) {
        int size = to - from;
        if (unquoted.length - used < size) {
            // Cells before this one go on referring to the old array.
            unquoted = Arrays.copyOf(unquoted, 2 * (used + size));
        }
        System.arraycopy(record, from, unquoted, used, size);
        used += size;
    }
}
