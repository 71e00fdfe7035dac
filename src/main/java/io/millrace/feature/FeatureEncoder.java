package io.millrace.feature;

import io.millrace.event.BadEvent;
import io.millrace.event.Fields;
import io.millrace.event.Row;
import io.millrace.event.TimeConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// The `features:` list of a spec, bound to the slots of a row. One a thread. Nothing is allocated for a row.
public final class FeatureEncoder {
    /// Largest log2 of the feature space.
    public static final int MOST_BITS = 28;

    /// Most entries of one example.
    public static final int MOST_ENTRIES = 32_768;

    private final Feature[] features;

    /// @param bits log2 of the size of the feature space, 1 to 28
    /// @param unit of the fields that hour-of-day and day-of-week read
    /// @throws IllegalArgumentException if bits are out of range, a feature is listed twice, or its field
    ///     is not among `fields`
    public FeatureEncoder(List<FeatureConfig> features, Fields fields, int bits, TimeConfig.Unit unit) {
        check(features, bits);
        var bound = new ArrayList<Feature>();
        for (var config : features) {
            if (config instanceof FeatureConfig.Number number) {
                bound.add(new Feature.Number(number, fields.require(number.field()), bits));
            }
        }
        bound.add(new Feature.Constant(bits));
        for (var config : features) {
            switch (config) {
                case FeatureConfig.Number number -> {} // is there already
                case FeatureConfig.Category category -> bound.add(new Feature.Category(category, fields, bits));
                case FeatureConfig.Cross cross -> bound.add(new Feature.Cross(cross, fields, bits, unit));
                case FeatureConfig.HourOfDay hour ->
                    bound.add(new Feature.Time(hour, TimePart.HOUR_OF_DAY, fields, bits, unit));
                case FeatureConfig.DayOfWeek day ->
                    bound.add(new Feature.Time(day, TimePart.DAY_OF_WEEK, fields, bits, unit));
                case FeatureConfig.Text text -> bound.add(new Feature.Text(text, fields, bits));
            }
        }
        this.features = bound.toArray(Feature[]::new);
    }

    private static void check(List<FeatureConfig> features, int bits) {
        if (bits < 1 || bits > MOST_BITS) {
            throw new IllegalArgumentException("bits = " + bits + " is out of range: expected 1 to " + MOST_BITS);
        }
        var seen = new HashSet<>();
        for (var feature : features) {
            // Two scales of one number would share an index and a weight.
            if (!seen.add(feature instanceof FeatureConfig.Number number ? number.field() : feature)) {
                throw new IllegalArgumentException("feature " + feature.name() + " is listed twice");
            }
        }
    }

    /// The number features, in the order of the spec. Their count is what [Examples#numbers] must be.
    public static List<NumberFeature> numbers(List<FeatureConfig> features, int bits) {
        check(features, bits);
        var numbers = new ArrayList<NumberFeature>();
        for (var config : features) {
            if (config instanceof FeatureConfig.Number number) {
                numbers.add(new NumberFeature(new Feature.Number(number, 0, bits).index, number.scale()));
            }
        }
        return List.copyOf(numbers);
    }

    /// Adds the entries of `row` to the example begun in `into`: numbers (also missing ones), the constant, then the
    /// others.
    ///
    /// @throws BadEvent if a number is none, or beyond its bounds, a time is none, or there are more
    ///     than [#MOST_ENTRIES] entries
    public void encode(Row row, Examples into) {
        for (var feature : features) {
            feature.encode(row, into);
        }
        if (into.begun() > MOST_ENTRIES) {
            throw new BadEvent("the event has " + into.begun() + " features: expected at most " + MOST_ENTRIES);
        }
    }

    /// What people call the entries that [#encode] adds for a row, in the same order: `distance`, `constant`,
    /// `origin=LAS`, `origin*destination=LAS*PHL`.
    ///
    /// @throws BadEvent as [#encode] does
    public List<String> names(Row row) {
        var names = new ArrayList<String>();
        for (var feature : features) {
            feature.name(row, names);
        }
        return names;
    }
}
