package io.millrace.feature;

import io.millrace.event.Fields;
import io.millrace.event.Row;
import io.millrace.event.TimeConfig;
import java.util.List;

/// The `features:` list of a spec, bound to the slots of a row. One a thread.
public final class FeatureEncoder {
    /// @param bits log2 of the size of the feature space, 1 to 28
    /// @param unit of the fields that hour-of-day and day-of-week read
    public FeatureEncoder(List<FeatureConfig> features, Fields fields, int bits, TimeConfig.Unit unit) {
        throw new UnsupportedOperationException();
    }

    /// The number features, in the order of the spec. Their count is what [Examples#numbers] must be.
    public static List<NumberFeature> numbers(List<FeatureConfig> features, int bits) {
        throw new UnsupportedOperationException();
    }

    /// Adds the entries of `row` to the example begun in `into`: numbers (also missing ones), the constant, then the
    /// others.
    ///
    /// @throws io.millrace.event.BadEvent if a number is none, or beyond its bounds
    public void encode(Row row, Examples into) {
        throw new UnsupportedOperationException();
    }
}
