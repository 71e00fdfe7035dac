package io.millrace.event;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// An event that cannot be used. Its message is the reason in the dead letter: it names the field, the value (escaped
/// and truncated, see [#quote]) and what was expected. Carries no stack trace: bad events come at full rate.
public final class BadEvent extends RuntimeException {
    private static final long serialVersionUID = 1;
    /// What stands in a message for a value that may not be told.
    static final String REDACTED = "(redacted)";

    private static final int QUOTED = 64;
    private static final HexFormat HEX = HexFormat.of();

    /// @param reason one sentence such as `delay = "abc" is not a number`
    public BadEvent(String reason) {
        super(reason, null, false, false);
    }

    /// A value as it may stand in a message: in double quotes, control and non-ASCII characters escaped, at most 64
    /// characters of it; three dots after the closing quote say that there was more.
    public static String quote(CharSequence value) {
        return '"' + escape(value, QUOTED) + (value.length() > QUOTED ? "\"..." : "\"");
    }

    /// The first characters of a text, with quotes, backslashes, control and non-ASCII characters escaped.
    static String escape(CharSequence text, int most) {
        var escaped = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), most); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                escaped.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                escaped.append("\\u").append(HEX.toHexDigits(c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    /// The same of UTF-8; no more than its beginning is decoded.
    static String quote(byte[] utf8, int offset, int length) {
        return quote(new String(utf8, offset, Math.min(length, 4 * QUOTED + 4), StandardCharsets.UTF_8));
    }
}
