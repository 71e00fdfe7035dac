package io.millrace.spec;

import io.millrace.evaluate.PointLoss;
import java.time.Duration;
import java.util.Optional;

/// The `gate:` block of a spec: what versions are judged by.
///
/// @param metric the loss compared; empty is log loss for classes, for a number what its model learns by
/// @param tolerance share of the anchor's loss that the newest version may be worse by; 0 to 1
/// @param anchor age of the anchor in event time, at most, while versions are good; 1 minute to 365 days
/// @param window validation examples after which a comparison begins anew; 512 to 1,000,000
/// @param confidence probability that one comparison raises no false alarm; from 0.9, less than 1
public record GateConfig(Optional<PointLoss> metric, double tolerance, Duration anchor, int window, double confidence) {
    /// @throws IllegalArgumentException if a value is out of range
    public GateConfig {
        require(tolerance >= 0 && tolerance <= 1, "gate.tolerance = " + tolerance, "0 to 1");
        require(
                anchor.compareTo(Duration.ofMinutes(1)) >= 0 && anchor.compareTo(Duration.ofDays(365)) <= 0,
                "gate.anchor = " + Durations.format(anchor),
                "1m to 365d");
        require(window >= 512 && window <= 1_000_000, "gate.window = " + window, "512 to 1000000");
        require(confidence >= 0.9 && confidence < 1, "gate.confidence = " + confidence, "0.9 to less than 1");
    }

    private static void require(boolean held, String value, String expected) {
        if (!held) {
            throw new IllegalArgumentException(value + " is out of range: expected " + expected);
        }
    }
}
