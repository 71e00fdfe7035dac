package io.millrace.event;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;

/// What may be kept of an event that can't be used where values of some fields may not be told.
///
/// - **JSON**: the bytes as they are, but `"(redacted)"` for the value of every member with such a name, at any depth.
///   What is no JSON object, or does not end with it, is left out whole: nobody can tell where a value is.
/// - **Avro**: left out whole. Without the right schema nothing is where it seems, and with it a value can't be taken
/// out
///   without moving the rest.
public final class Redaction {
    private static final byte[] NOTHING = {};
    private static final byte[] MARK = ('"' + BadEvent.REDACTED + '"').getBytes(StandardCharsets.UTF_8);

    private final EventsConfig.Format format;
    private final Set<String> fields;

    /// @param fields whose values are taken out; none: everything is kept
    Redaction(EventsConfig.Format format, Set<String> fields) {
        this.format = format;
        this.fields = fields;
    }

    /// What is left of a value: itself where nothing is to be hidden, or no bytes where it is left out.
    public byte[] of(byte[] value) {
        if (fields.isEmpty()) {
            return value;
        }
        return switch (format) {
            case AVRO -> NOTHING;
            case JSON -> json(value);
        };
    }

    private byte[] json(byte[] value) {
        var left = new ByteArrayOutputStream(value.length);
        var copied = 0;
        try (var parser = JsonDecoder.parser(value, 0, value.length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return NOTHING;
            }
            for (var depth = 1; depth > 0; ) {
                var token = parser.nextToken();
                if (token.isStructStart()) {
                    depth++;
                } else if (token.isStructEnd()) {
                    depth--;
                } else if (token == JsonToken.PROPERTY_NAME && fields.contains(parser.currentName())) {
                    parser.nextToken();
                    var from = (int) parser.currentTokenLocation().getByteOffset();
                    parser.skipChildren();
                    parser.finishToken();
                    left.write(value, copied, from - copied);
                    left.writeBytes(MARK);
                    copied = (int) parser.currentLocation().getByteOffset();
                }
            }
            if (parser.nextToken() != null) {
                return NOTHING;
            }
        } catch (JacksonException broken) {
            return NOTHING;
        }
        left.write(value, copied, value.length - copied);
        return left.toByteArray();
    }
}
