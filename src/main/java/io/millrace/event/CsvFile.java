package io.millrace.event;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// CSV whose first record names the columns.
final class CsvFile extends LineFile {
    private final CsvDecoder decoder;
    private final Fields fields;

    /// @param fields what will be decoded, or null: all columns
    /// @param redacted fields whose values no message may hold, where all columns are read
    CsvFile(
            InputStream in,
            Path path,
            @Nullable Fields fields,
            @Nullable String schema,
            Map<String, String> columns,
            Set<String> redacted)
            throws IOException {
        super(in, path, true);
        if (!next()) {
            throw new IllegalArgumentException(
                    "file " + path + " is empty: expected a header with the names of its columns");
        }
        try {
            var names = header(columns);
            this.fields = fields == null ? new Fields(names).redacting(redacted) : fields;
            decoder = new CsvDecoder(names, this.fields, schema);
        } catch (IllegalArgumentException | BadEvent e) {
            throw new IllegalArgumentException("file " + path + ": " + e.getMessage(), e);
        }
    }

    private List<String> header(Map<String, String> columns) {
        var names = new ArrayList<String>();
        var cells = new CsvCells();
        cells.over(bytes, offset, length);
        while (cells.next()) {
            var name = new String(cells.bytes, cells.offset, cells.length, StandardCharsets.UTF_8).strip();
            names.add(columns.getOrDefault(name, name));
        }
        return names;
    }

    /// Opens a file to read all its columns, without types.
    static CsvFile whole(Path path, Map<String, String> columns, Set<String> redacted) throws IOException {
        return open(path, in -> new CsvFile(in, path, null, null, columns, redacted));
    }

    Fields fields() {
        return fields;
    }

    @Override
    public EventDecoder decoder() {
        return decoder;
    }
}
