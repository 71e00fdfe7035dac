package io.millrace.event;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/// The events of a file, one after another, as bytes for [#decoder]: CSV with a header (`.csv`), JSON lines (`.jsonl`,
/// `.ndjson`, `.json`) or an Avro object container (`.avro`), each also gzipped (`.gz`). Nothing is allocated for an
/// event.
///
/// ```
/// try (var file = EventFile.open(path, fields, schema, Map.of())) {
///     while (file.next()) {
///         file.decoder().decode(file.bytes(), file.offset(), file.length(), row);
///     }
/// }
/// ```
public abstract class EventFile implements Closeable {
    private static final int BUFFER = 1 << 16;

    /// The bytes of the event that [#next] went to, with what lies around it.
    byte[] bytes = new byte[0];
    int offset;
    int length;

    private @Nullable SeekableByteChannel channel;

    EventFile() {}

    /// Opens a file; its name tells the format.
    ///
    /// @param fields what will be decoded
    /// @param schema text of the Avro schema that gives CSV its types, or null; an Avro file brings its own
    /// @param columns what columns of CSV are called in the spec, such as `date_epoch_minutes` → `date`
    /// @throws IOException if it can't be read
    /// @throws IllegalArgumentException if its name tells no format, or it lacks a field
    public static EventFile open(Path path, Fields fields, @Nullable String schema, Map<String, String> columns)
            throws IOException {
        return switch (Format.of(path)) {
            case CSV -> open(path, in -> new CsvFile(in, path, fields, schema, columns, Set.of()));
            case JSON -> open(path, in -> new JsonFile(in, path, fields));
            case AVRO -> open(path, in -> new AvroFile(in, path, fields));
        };
    }

    /// Makes an event file of a stream, closing the stream if that fails.
    interface Opening<F extends EventFile> {
        F of(InputStream in) throws IOException;
    }

    static <F extends EventFile> F open(Path path, Opening<F> opening) throws IOException {
        var channel = Files.newByteChannel(path);
        try {
            var in = Channels.newInputStream(channel);
            var file = opening.of(isGzip(path) ? new GZIPInputStream(in, BUFFER) : new BufferedInputStream(in, BUFFER));
            ((EventFile) file).channel = channel;
            return file;
        } catch (ZipException e) {
            channel.close();
            throw new IOException(path + " can't be unpacked: " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static boolean isGzip(Path path) {
        return path.toString().toLowerCase(Locale.ROOT).endsWith(".gz");
    }

    /// Goes to the next event, which makes the bytes of the one before invalid.
    ///
    /// @return false after the last one
    /// @throws IOException if the file can't be read or is broken, with its path
    public abstract boolean next() throws IOException;

    /// How much of the file was read, from 0 to 1.
    public final double fraction() throws IOException {
        return channel == null || channel.size() == 0 ? 0 : (double) channel.position() / channel.size();
    }

    /// What reads the events.
    public abstract EventDecoder decoder();

    public final byte[] bytes() {
        return bytes;
    }

    public final int offset() {
        return offset;
    }

    public final int length() {
        return length;
    }

    /// Formats of files.
    enum Format {
        CSV,
        JSON,
        AVRO;

        static Format of(Path path) {
            var name = path.toString().toLowerCase(Locale.ROOT);
            if (isGzip(path)) {
                name = name.substring(0, name.length() - ".gz".length());
            }
            return switch (name.substring(name.lastIndexOf('.') + 1)) {
                case "csv" -> CSV;
                case "jsonl", "ndjson", "json" -> JSON;
                case "avro" -> AVRO;
                default ->
                    throw new IllegalArgumentException(
                            "file " + path
                                    + " is of no known format: expected .csv, .jsonl, .ndjson, .json or .avro, or one of them with .gz");
            };
        }
    }
}
