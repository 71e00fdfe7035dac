package io.millrace.feature;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A category made of a time: its text is a decimal number. Times are taken as the event has them: UTC of its own
/// number.
enum TimePart {
    /// 0 to 23.
    HOUR_OF_DAY("hour-of-day", 0, 24),
    /// 1 (Monday) to 7.
    DAY_OF_WEEK("day-of-week", 1, 7);

    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;

    private final String word;
    private final int first;
    private final int size;

    TimePart(String word, int first, int size) {
        this.word = word;
        this.first = first;
        this.size = size;
    }

    /// How the part is written, such as `hour-of-day(date)`.
    String of(String field) {
        return word + "(" + field + ")";
    }

    /// The part that a text writes, or null where the text is the name of a field.
    static @Nullable TimePart in(String part) {
        for (var kind : values()) {
            if (part.startsWith(kind.word + "(") && part.endsWith(")")) {
                return kind;
            }
        }
        return null;
    }

    /// The field in a part of a cross.
    static String field(String part) {
        var kind = in(part);
        return kind == null ? part : part.substring(kind.word.length() + 1, part.length() - 1);
    }

    /// The decimal texts of all values.
    byte[][] texts() {
        var texts = new byte[size][];
        for (int i = 0; i < size; i++) {
            texts[i] = Integer.toString(first + i).getBytes(StandardCharsets.US_ASCII);
        }
        return texts;
    }

    /// Which of the texts a time has.
    int at(long millis) {
        return this == HOUR_OF_DAY
                ? (int) (Math.floorMod(millis, DAY) / HOUR)
                : Math.floorMod(Math.floorDiv(millis, DAY) + 3, 7); // 1970-01-01 was a Thursday
    }
}
