package io.millrace.feature;

import static io.millrace.feature.TimePart.DAY_OF_WEEK;
import static io.millrace.feature.TimePart.HOUR_OF_DAY;

import java.util.HashSet;
import java.util.List;

/// One entry of the `features:` list of a spec.
public sealed interface FeatureConfig {
    /// Names the feature: it seeds its hash and stands in messages.
    String name();

    /// The fields of the event that it reads.
    List<String> fields();

    /// `{ category: origin }`: one feature a value.
    record Category(String field) implements FeatureConfig {
        public Category {
            require(field, "category");
        }

        @Override
        public String name() {
            return field;
        }

        @Override
        public List<String> fields() {
            return List.of(field);
        }
    }

    /// `{ cross: [origin, destination] }`: one feature a combination of values.
    ///
    /// @param parts two or three of: a field, `hour-of-day(field)`, `day-of-week(field)`
    record Cross(List<String> parts) implements FeatureConfig {
        /// @throws IllegalArgumentException if there are fewer or more, or one twice
        public Cross {
            parts = List.copyOf(parts);
            parts.forEach(part -> require(TimePart.field(part), "cross"));
            if (parts.size() < 2 || parts.size() > 3 || new HashSet<>(parts).size() < parts.size()) {
                throw new IllegalArgumentException("cross = " + parts + ": expected two or three different parts");
            }
        }

        @Override
        public String name() {
            return String.join("*", parts);
        }

        @Override
        public List<String> fields() {
            return parts.stream().map(TimePart::field).toList();
        }
    }

    /// `{ number: distance, scale: standard }`: the value itself, scaled online.
    record Number(String field, Scale scale) implements FeatureConfig {
        public Number {
            require(field, "number");
        }

        @Override
        public String name() {
            return field;
        }

        @Override
        public List<String> fields() {
            return List.of(field);
        }
    }

    /// `{ hour-of-day: date }`: 24 categories.
    record HourOfDay(String field) implements FeatureConfig {
        public HourOfDay {
            require(field, "hour-of-day");
        }

        @Override
        public String name() {
            return HOUR_OF_DAY.of(field);
        }

        @Override
        public List<String> fields() {
            return List.of(field);
        }
    }

    /// `{ day-of-week: date }`: 7 categories, Monday is 1.
    record DayOfWeek(String field) implements FeatureConfig {
        public DayOfWeek {
            require(field, "day-of-week");
        }

        @Override
        public String name() {
            return DAY_OF_WEEK.of(field);
        }

        @Override
        public List<String> fields() {
            return List.of(field);
        }
    }

    /// `{ text: note }`: one feature a token (a run of letters and digits, in lower case), as often as it occurs.
    record Text(String field) implements FeatureConfig {
        public Text {
            require(field, "text");
        }

        @Override
        public String name() {
            return "text(" + field + ")";
        }

        @Override
        public List<String> fields() {
            return List.of(field);
        }
    }

    private static void require(String field, String key) {
        if (field.isBlank()) {
            throw new IllegalArgumentException(key + " is empty: expected the name of a field");
        }
    }

    /// How a number is scaled.
    enum Scale {
        /// Not at all.
        NONE,
        /// To mean 0 and variance 1 of the training examples before it.
        STANDARD,
        /// The same for a prediction; the step that follows is taken with statistics that count the example itself.
        /// That is
        /// the order of River's `StandardScaler | …` (0.26): `learn_one` of the scaler, then of the model.
        STANDARD_INCLUSIVE
    }
}
