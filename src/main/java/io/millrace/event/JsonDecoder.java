package io.millrace.event;

import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/// Reads events that are JSON objects in UTF-8 (RFC 8259), by Jackson's streaming parser.
///
/// - **Shape**: one object, its named members numbers, text, `true`, `false` or `null` (missing). Of a member that is
///   there twice the last counts. Others are skipped, nested ones too, to a depth of 100.
/// - **Errors**: anything else is a [BadEvent]: another value on top, a nested value of a named member, `NaN`, bytes
///   after the object.
public final class JsonDecoder implements EventDecoder {
    static final int DEEPEST = 100;
    static final int LONGEST_NUMBER = 1_000;
    static final int LONGEST_NAME = 10_000;

    // A text of at most LONGEST_TEXT bytes has no more characters; one longer is refused here or by the row.
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxStringLength(Row.LONGEST_TEXT)
                    .maxNumberLength(LONGEST_NUMBER)
                    .maxNameLength(LONGEST_NAME)
                    .build())
            .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
            .disable(TokenStreamFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .build();

    private final Fields fields;
    private byte[] texts = new byte[1_024];
    private int used;

    public JsonDecoder(Fields fields) {
        this.fields = fields;
    }

    @Override
    public void decode(byte[] bytes, int offset, int length, Row row) {
        begin(row);
        try (var parser = parser(bytes, offset, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new BadEvent("event is no JSON object");
            }
            for (var name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                int slot = fields.slot(name);
                if (slot < 0) {
                    parser.skipChildren();
                } else {
                    set(slot, parser, row);
                }
            }
            if (parser.nextToken() != null) {
                throw new BadEvent("event has more after its JSON object");
            }
        } catch (JacksonException e) {
            throw new BadEvent(JsonFault.message("event", e, bytes, offset, length, !fields.redactsAny()));
        }
    }

    /// A parser with this decoder's bounds, for a body that holds many events.
    public static JsonParser parser(byte[] bytes, int offset, int length) {
        return FACTORY.createParser(ObjectReadContext.empty(), bytes, offset, length);
    }

    /// Clears `row` for the next event; what texts it refers to is about to be overwritten.
    public void begin(Row row) {
        row.clear();
        used = 0;
    }

    /// Sets one field of `row` to the value that `parser` is at.
    ///
    /// @throws BadEvent if it is nested or too long
    public void set(int slot, JsonParser parser, Row row) {
        switch (parser.currentToken()) {
            case VALUE_STRING -> text(slot, parser, row);
            case VALUE_NUMBER_INT -> {
                switch (parser.getNumberType()) {
                    case INT, LONG -> row.setLong(slot, parser.getLongValue());
                    default -> row.setDouble(slot, parser.getDoubleValue());
                }
            }
            case VALUE_NUMBER_FLOAT -> row.setDouble(slot, parser.getDoubleValue());
            case VALUE_TRUE -> row.setBoolean(slot, true);
            case VALUE_FALSE -> row.setBoolean(slot, false);
            case VALUE_NULL -> row.setMissing(slot);
            default -> throw new BadEvent(row.name(slot) + " is nested: expected a number, text, a boolean or null");
        }
    }

    private void text(int slot, JsonParser parser, Row row) {
        var chars = parser.getStringCharacters();
        int first = parser.getStringOffset();
        int last = first + parser.getStringLength();
        int start = used;
        if (texts.length - used < 3 * (last - first)) {
            // The row goes on referring to the old array, which stays as it is.
            texts = Arrays.copyOf(texts, 2 * (used + 3 * (last - first)));
        }
        for (int i = first; i < last; i++) {
            char c = chars[i];
            if (c < 0x80) {
                texts[used++] = (byte) c;
            } else if (c < 0x800) {
                texts[used++] = (byte) (0xc0 | (c >> 6));
                texts[used++] = (byte) (0x80 | (c & 0x3f));
            } else if (Character.isHighSurrogate(c) && i + 1 < last && Character.isLowSurrogate(chars[i + 1])) {
                int point = Character.toCodePoint(c, chars[++i]);
                texts[used++] = (byte) (0xf0 | (point >> 18));
                texts[used++] = (byte) (0x80 | ((point >> 12) & 0x3f));
                texts[used++] = (byte) (0x80 | ((point >> 6) & 0x3f));
                texts[used++] = (byte) (0x80 | (point & 0x3f));
            } else {
                // Half of a pair becomes bytes that are no UTF-8, which the row refuses.
                texts[used++] = (byte) (0xe0 | (c >> 12));
                texts[used++] = (byte) (0x80 | ((c >> 6) & 0x3f));
                texts[used++] = (byte) (0x80 | (c & 0x3f));
            }
        }
        row.setText(slot, texts, start, used - start);
    }
}
