package io.millrace.feature;

import java.util.List;

/// One entry of the `features:` list of a spec.
public sealed interface FeatureConfig {
    /// Names the feature: it seeds its hash and stands in messages.
    String name();

    /// `{ category: origin }`: one feature a value.
    record Category(String field) implements FeatureConfig {
        @Override
        public String name() {
            return field;
        }
    }

    /// `{ cross: [origin, destination] }`: one feature a combination of values.
    record Cross(List<String> fields) implements FeatureConfig {
        @Override
        public String name() {
            return String.join("*", fields);
        }
    }

    /// `{ number: distance, scale: standard }`: the value itself, scaled online.
    record Number(String field, Scale scale) implements FeatureConfig {
        @Override
        public String name() {
            return field;
        }
    }

    /// `{ hour-of-day: date }`: 24 categories.
    record HourOfDay(String field) implements FeatureConfig {
        @Override
        public String name() {
            return "hour-of-day(" + field + ")";
        }
    }

    /// `{ day-of-week: date }`: 7 categories, Monday is 1.
    record DayOfWeek(String field) implements FeatureConfig {
        @Override
        public String name() {
            return "day-of-week(" + field + ")";
        }
    }

    /// `{ text: note }`: one feature a token (a run of letters and digits, in lower case), as often as it occurs.
    record Text(String field) implements FeatureConfig {
        @Override
        public String name() {
            return "text(" + field + ")";
        }
    }

    /// How a number is scaled: to mean 0 and variance 1 of the training examples before it, or not at all.
    enum Scale {
        NONE,
        STANDARD
    }
}
