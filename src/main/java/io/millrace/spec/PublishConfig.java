package io.millrace.spec;

import java.time.Duration;

/// The `publish:` block of a spec: when versions leave, never what they are.
///
/// @param every least time between two versions; 10 ms to 1 day
/// @param keyframe versions from one keyframe to the next, at most; 1 to 100,000
/// @param keep versions that stay readable in the versions topic, at least; 1 or more
public record PublishConfig(Duration every, int keyframe, int keep) {
    /// @throws IllegalArgumentException if a value is out of range
    public PublishConfig {
        var millis = every.toMillis();
        require(
                millis >= 10 && millis <= Duration.ofDays(1).toMillis(),
                "publish.every = " + Durations.format(every),
                "10ms to 1d");
        require(keyframe >= 1 && keyframe <= 100_000, "publish.keyframe = " + keyframe, "1 to 100000");
        require(keep >= 1, "publish.keep = " + keep, "1 or more");
    }

    private static void require(boolean held, String value, String expected) {
        if (!held) {
            throw new IllegalArgumentException(value + " is out of range: expected " + expected);
        }
    }
}
