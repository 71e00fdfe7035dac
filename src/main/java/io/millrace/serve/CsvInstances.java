package io.millrace.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.event.CsvDecoder;
import io.millrace.event.Row;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One instance a line: cells in the order of [FeatureFields], or in that of a header. Line one is a header where every
/// cell of
/// it is a field name of the spec; cells of fields that no feature reads are passed over.
final class CsvInstances implements Instances {
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private final FeatureFields features;
    private final @Nullable String schema;
    private List<String> columns;
    private CsvDecoder decoder;

    /// @param schema text of the events' Avro schema, for the types of cells, or null
    CsvInstances(FeatureFields features, @Nullable String schema) {
        this.features = features;
        this.schema = schema;
        columns = features.fields.names();
        decoder = new CsvDecoder(columns, features.fields, schema);
    }

    @Override
    public void read(byte[] bytes, int length, Row row, Runnable each) {
        var at = startsWithMark(bytes, length) ? BYTE_ORDER_MARK.length : 0;
        var end = endOfLine(bytes, at, length);
        var first = cells(new String(bytes, at, end - at, UTF_8));
        if (first.stream().allMatch(features::isNamed)) {
            bind(first);
            at = end;
        } else {
            bind(features.fields.names());
        }
        while (at < length) {
            end = endOfLine(bytes, at, length);
            decoder.decode(bytes, at, end - at, row);
            each.run();
            at = end;
        }
    }

    private void bind(List<String> names) {
        if (names.equals(columns)) {
            return;
        }
        try {
            decoder = new CsvDecoder(names, features.fields, schema);
            columns = names;
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("Bad header", String.valueOf(e.getMessage()));
        }
    }

    /// The index after the line end that no quotes hold, or `length`.
    private static int endOfLine(byte[] bytes, int from, int length) {
        var quoted = false;
        for (var i = from; i < length; i++) {
            if (bytes[i] == '"') {
                quoted = !quoted;
            } else if (bytes[i] == '\n' && !quoted) {
                return i + 1;
            }
        }
        return length;
    }

    /// The cells of a line that may be a header: names have neither commas nor quotes within.
    private static List<String> cells(String line) {
        return Stream.of(line.strip().split(",", -1))
                .map(cell -> cell.strip().replaceAll("^\"(.*)\"$", "$1"))
                .toList();
    }

    private static boolean startsWithMark(byte[] bytes, int length) {
        return length >= BYTE_ORDER_MARK.length
                && java.util.Arrays.equals(
                        bytes, 0, BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
    }
}
