package io.millrace.cli;

import io.millrace.schema.DeadLetter;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HexFormat;

/// A dead letter as a line: record time, where the event stands, why it could not be used, and how it begins.
///
/// ```
/// 2026-03-01T12:00:00Z  clicks-0-17  price = "NaN" is not a number  {"id":17,"user":"u42","price":"NaN"}
/// ```
final class DeadLetterText {
    /// Bytes of the event that are shown.
    static final int SHOWN = 120;

    private static final HexFormat HEX = HexFormat.of();

    private DeadLetterText() {}

    static String of(DeadLetter letter) {
        return Instant.ofEpochMilli(letter.getTimestamp()) + "  " + letter.getTopic() + "-" + letter.getPartition()
                + "-"
                + letter.getOffset() + "  " + letter.getReason() + "  "
                + excerpt(letter.getOriginal(), letter.getLength());
    }

    /// The first bytes; what is not printable ASCII stands as `\x` and two hexadecimal digits, so that a terminal only
    /// shows it.
    private static String excerpt(ByteBuffer original, int length) {
        if (length > 0 && !original.hasRemaining()) {
            return "(left out, " + Figures.count(length) + " bytes)";
        }
        var text = new StringBuilder();
        var bytes = original.duplicate();
        while (bytes.hasRemaining() && bytes.position() - original.position() < SHOWN) {
            var b = bytes.get();
            if (b == '\\') {
                text.append("\\\\");
            } else if (b >= ' ' && b <= '~') {
                text.append((char) b);
            } else {
                text.append("\\x").append(HEX.toHexDigits(b));
            }
        }
        return length > SHOWN ? text + "... (" + Figures.count(length) + " bytes)" : text.toString();
    }
}
