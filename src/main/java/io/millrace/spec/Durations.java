package io.millrace.spec;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Durations as a spec writes them: `500ms`, `2s`, `10m`, `1h`, `7d`.
public final class Durations {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    private Durations() {}

    /// The duration that `text` writes, or null where it writes none.
    public static @Nullable Duration parse(String text) {
        var form = FORM.matcher(text);
        if (!form.matches()) {
            return null;
        }
        var count = Long.parseLong(form.group(1));
        return switch (form.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    /// The shortest form that [#parse] reads back. Parts of a millisecond are lost.
    public static String format(Duration duration) {
        var millis = duration.toMillis();
        if (millis % 1000 != 0 || millis == 0) {
            return millis + "ms";
        }
        var seconds = millis / 1000;
        return seconds % 86_400 == 0
                ? seconds / 86_400 + "d"
                : seconds % 3_600 == 0 ? seconds / 3_600 + "h" : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
