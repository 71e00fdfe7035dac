package io.millrace.event;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/// What is wrong with JSON that could not be parsed, and where, in words that do not change with a library.
public final class JsonFault {
    /// Bytes of an excerpt, before and after the place.
    private static final int BEFORE = 12;

    private static final int AFTER = 20;

    private JsonFault() {}

    /// @param what that was read, such as `event`
    /// @param fault of a parser of these bytes
    /// @param quoted whether the message may hold some of them
    /// @return one sentence such as `event is no JSON at line 1, column 9: expected a value or a mark of RFC 8259,
    ///     found near "{\"y\":NaN}"`
    public static String message(
            String what, JacksonException fault, byte[] bytes, int offset, int length, boolean quoted) {
        var at = fault.getLocation();
        var where =
                at == null || at.getLineNr() < 1 ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
        return switch (fault) {
            case UnexpectedEndOfInputException _ ->
                what + " is no JSON: it ends too early, after " + length + " bytes: expected the rest of a value";
            case StreamConstraintsException _ ->
                what + " is JSON beyond all bounds" + where + ": expected nesting to a depth of " + JsonDecoder.DEEPEST
                        + ", text of at most " + Row.LONGEST_TEXT + " bytes, numbers of at most "
                        + JsonDecoder.LONGEST_NUMBER + " and names of at most " + JsonDecoder.LONGEST_NAME
                        + " characters";
            default ->
                what + " is no JSON" + where + ": expected a value or a mark of RFC 8259"
                        + (at == null || !quoted ? "" : near(at.getByteOffset(), bytes, offset, length));
        };
    }

    private static String near(long place, byte[] bytes, int offset, int length) {
        if (place < 0 || place > length) {
            return "";
        }
        var from = (int) Math.max(0, place - BEFORE);
        var to = (int) Math.min(length, place + AFTER);
        return ", found near " + BadEvent.quote(new String(bytes, offset + from, to - from, StandardCharsets.UTF_8));
    }
}
