package io.millrace.event;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;

/// Records of a text file: each ends with a line end that is not within quotes, if quotes count. Blank lines are no
/// records.
abstract sealed class LineFile extends EventFile permits CsvFile, JsonFile {
    /// A longer record with quotes is taken to end with its first line, so that one stray quote can't swallow the file.
    static final int LONGEST_QUOTED = 1 << 20;

    private static final int LONGEST = 1 << 24;
    private static final int START = 1 << 18;
    private static final int NONE = -1;

    private final InputStream in;
    private final Path path;
    private final boolean quotes;
    private int position;
    private int limit;
    private boolean ended;

    LineFile(InputStream in, Path path, boolean quotes) throws IOException {
        this.in = in;
        this.path = path;
        this.quotes = quotes;
        bytes = new byte[START];
        refill();
        if (limit >= 3 && bytes[0] == (byte) 0xef && bytes[1] == (byte) 0xbb && bytes[2] == (byte) 0xbf) {
            position = 3; // the byte order mark of some editors
        }
    }

    @Override
    public final boolean next() throws IOException {
        while (true) {
            int end = find();
            while (end == NONE) {
                refill();
                end = find();
            }
            offset = position;
            length = end - position;
            if (length > 0 && bytes[end - 1] == '\r') {
                length--;
            }
            position = Math.min(end + 1, limit);
            if (length > 0) {
                return true;
            }
            if (position == limit && ended) {
                return false;
            }
        }
    }

    /// Where the record that starts at `position` ends, or NONE if more must be read to know.
    private int find() {
        for (int i = position; i < limit; i++) {
            byte b = bytes[i];
            if (b == '\n') {
                return i;
            }
            if (b == '"' && quotes) {
                return findQuoted();
            }
        }
        return ended ? limit : NONE;
    }

    /// The same of a record with quotes: a quote opens a cell only at its start, and a doubled one does not close it.
    private int findQuoted() {
        int stop = Math.min(limit, position + LONGEST_QUOTED);
        boolean within = false;
        for (int i = position; i < stop; i++) {
            byte b = bytes[i];
            if (b == '\n' && !within) {
                return i;
            }
            if (b == '"') {
                if (!within) {
                    within = opens(i);
                } else if (i + 1 < limit && bytes[i + 1] == '"') {
                    i++;
                } else {
                    within = false;
                }
            }
        }
        if (stop == limit && !(ended && within)) {
            return ended ? limit : NONE;
        }
        return line();
    }

    private boolean opens(int i) {
        return i == position || bytes[i - 1] == ',';
    }

    private int line() {
        for (int i = position; i < limit; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return ended ? limit : NONE;
    }

    /// Moves what is left to the front and reads on.
    private void refill() throws IOException {
        int left = limit - position;
        if (left > LONGEST) {
            throw new IOException(path + " has a line of more than " + LONGEST + " bytes");
        }
        if (left > bytes.length / 2) {
            bytes = Arrays.copyOfRange(bytes, position, position + 2 * bytes.length);
        } else {
            System.arraycopy(bytes, position, bytes, 0, left);
        }
        position = 0;
        limit = left;
        try {
            int read = in.readNBytes(bytes, limit, bytes.length - limit);
            ended = read < bytes.length - limit;
            limit += read;
        } catch (IOException e) {
            throw new IOException(path + " can't be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
