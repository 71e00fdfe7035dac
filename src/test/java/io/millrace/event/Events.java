package io.millrace.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.EncoderFactory;

/// Events for tests, written by Avro's own code, and rows to look at.
final class Events {
    /// The schema of flights, and one flight of it.
    static final String FLIGHT = record("""
            {"name": "date", "type": "long"},
            {"name": "origin", "type": "string"},
            {"name": "destination", "type": "string"},
            {"name": "distance", "type": "int"},
            {"name": "delay", "type": ["null", "int"]}
            """);

    static final Map<String, Object> LATE =
            Map.of("date", 16_305_121L, "origin", "LAS", "destination", "PHL", "distance", 2176, "delay", 33);

    private Events() {}

    static String record(String fields) {
        return "{\"type\": \"record\", \"name\": \"Event\", \"fields\": [" + fields + "]}";
    }

    /// Bare binary.
    static byte[] avro(String schema, Map<String, Object> values) {
        var parsed = new Schema.Parser().parse(schema);
        var record = new GenericData.Record(parsed);
        values.forEach(record::put);
        var out = new ByteArrayOutputStream();
        var encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        try {
            new GenericDatumWriter<>(parsed).write(record, encoder);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }

    static Fields fields(String... names) {
        return new Fields(List.of(names));
    }

    /// Decodes with other bytes on both sides, which the decoder must not touch.
    static Row decode(EventDecoder decoder, Fields fields, byte[] event) {
        var row = new Row(fields);
        var surrounded = new byte[event.length + 20];
        Arrays.fill(surrounded, (byte) '"');
        System.arraycopy(event, 0, surrounded, 7, event.length);
        decoder.decode(surrounded, 7, event.length, row);
        return row;
    }

    static Row decode(EventDecoder decoder, Fields fields, String event) {
        return decode(decoder, fields, event.getBytes(UTF_8));
    }

    /// Canonical texts in the order of the fields; null where one is missing.
    static List<String> texts(Row row) {
        var texts = new ArrayList<String>();
        for (int slot = 0; slot < row.fields().size(); slot++) {
            texts.add(text(row, slot));
        }
        return texts;
    }

    static String text(Row row, int slot) {
        return row.isMissing(slot)
                ? null
                : new String(row.text(slot), row.textOffset(slot), row.textLength(slot), UTF_8);
    }
}
