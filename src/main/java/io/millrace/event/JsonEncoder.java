package io.millrace.event;

import java.io.ByteArrayOutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes rows as JSON objects; a missing field is left out.
final class JsonEncoder implements EventEncoder {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final Fields fields;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    JsonEncoder(Fields fields) {
        this.fields = fields;
    }

    @Override
    public byte[] encode(Row row) {
        out.reset();
        try (var json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            for (int slot = 0; slot < fields.size(); slot++) {
                if (!row.isMissing(slot)) {
                    json.writeName(fields.names().get(slot));
                    write(row, slot, json);
                }
            }
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private static void write(Row row, int slot, JsonGenerator json) {
        var text = row.string(slot);
        if (row.isText(slot)) {
            json.writeString(text);
        } else if (row.isBoolean(slot)) {
            json.writeBoolean("true".equals(text));
        } else if (Double.isFinite(row.any(slot))) {
            json.writeNumber(text); // canonical text is how JSON writes a number
        } else {
            throw new BadEvent(row.describe(slot) + " is not a finite number");
        }
    }
}
