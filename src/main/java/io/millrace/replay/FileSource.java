package io.millrace.replay;

import io.millrace.event.EventFile;
import io.millrace.event.Fields;
import io.millrace.spec.Spec;
import io.millrace.split.ExampleReading;
import io.millrace.split.Ids;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Events of files, one file after the other. Their offsets are their rows, counted through all files from 0; the
/// record time of an event is 0.
public final class FileSource implements Source {
    /// Events handed on at a time.
    private static final int STEP = 4096;

    private final Spec spec;
    private final Fields fields;
    private final List<Path> paths;
    private final Map<String, String> columns;
    private final OffsetRange.Bounds rows;
    private final @Nullable Ids known;
    private int opened;
    private @Nullable EventFile file;
    private @Nullable ExampleReading reading;
    private long row;
    private long firstRow;

    /// @param rows to replay
    /// @param columns names of the spec for names in the files
    /// @throws ReplayException if a file does not exist
    public FileSource(Spec spec, List<Path> paths, OffsetRange rows, Map<String, String> columns) {
        this.spec = spec;
        this.paths = List.copyOf(paths);
        this.columns = Map.copyOf(columns);
        this.rows = rows.in("the files", 0, rows.to().orElse(Long.MAX_VALUE));
        fields = spec.fields();
        known = spec.ids(1).apply(0);
        for (var path : paths) {
            if (!java.nio.file.Files.isReadable(path)) {
                throw new ReplayException("file " + path + " can't be read: expected an existing file");
            }
        }
    }

    @Override
    public boolean advance(Replay into) throws IOException {
        for (var i = 0; i < STEP; i++) {
            if (row >= rows.to() || !next()) {
                return false;
            }
            hand(into);
            row++;
        }
        return true;
    }

    private void hand(Replay into) throws IOException {
        if (row >= rows.from() && file != null && reading != null) {
            into.event(reading, file.bytes(), file.offset(), file.length(), row, 0, this::where);
        }
    }

    /// Rows of a file are told as people count them, from 1.
    private String where(long row) {
        return paths.get(opened - 1) + " row " + (row - firstRow + 1);
    }

    private boolean next() throws IOException {
        while (file == null || !file.next()) {
            close();
            if (opened == paths.size()) {
                return false;
            }
            open(paths.get(opened++));
        }
        return true;
    }

    private void open(Path path) throws IOException {
        try {
            file = EventFile.open(path, fields, spec.schemaText(), columns);
        } catch (IllegalArgumentException e) {
            throw new ReplayException(String.valueOf(e.getMessage()));
        }
        firstRow = row;
        reading = spec.examples(
                spec.reading(fields).by(file.decoder()), fields, spec.events().topic(), 0, known);
    }

    @Override
    public double fraction() throws IOException {
        var behind = opened - (file == null ? 0 : 1 - file.fraction());
        return paths.isEmpty() ? 1 : behind / paths.size();
    }

    @Override
    public void close() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            file = null;
        }
    }
}
