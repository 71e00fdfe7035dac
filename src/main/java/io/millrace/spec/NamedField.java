package io.millrace.spec;

import io.millrace.event.EventsConfig;
import io.millrace.event.LabelConfig;
import io.millrace.event.TimeConfig;
import io.millrace.feature.FeatureConfig;
import io.millrace.split.SplitConfig;
import java.util.ArrayList;
import java.util.List;

/// A place in a spec that names a field of the event.
///
/// @param path of the key, such as `features[2].number`
/// @param needs what the field must hold there
record NamedField(String path, String field, Needs needs) {
    enum Needs {
        ANYTHING,
        NUMBER,
        TIME
    }

    /// All places, in the order that gives [Spec#fields].
    static List<NamedField> of(
            EventsConfig events, SplitConfig split, LabelConfig label, List<FeatureConfig> features) {
        var all = new ArrayList<NamedField>();
        var time = events.time()
                        .map(TimeConfig::unit)
                        .filter(TimeConfig.Unit.ISO_8601::equals)
                        .isPresent()
                ? Needs.TIME
                : Needs.NUMBER;
        events.time().ifPresent(config -> all.add(new NamedField("events.time.field", config.field(), time)));
        addAll(all, "split.group", split.group());
        addAll(all, "events.id", events.id());
        all.add(new NamedField(
                "label.field", label.field(), label.classes().isPresent() ? Needs.ANYTHING : Needs.NUMBER));
        for (var i = 0; i < features.size(); i++) {
            var path = "features[" + i + "].";
            switch (features.get(i)) {
                case FeatureConfig.Category category ->
                    all.add(new NamedField(path + "category", category.field(), Needs.ANYTHING));
                case FeatureConfig.Cross cross -> addAll(all, path + "cross", cross.fields());
                case FeatureConfig.Number number ->
                    all.add(new NamedField(path + "number", number.field(), Needs.NUMBER));
                case FeatureConfig.HourOfDay hour -> all.add(new NamedField(path + "hour-of-day", hour.field(), time));
                case FeatureConfig.DayOfWeek day -> all.add(new NamedField(path + "day-of-week", day.field(), time));
                case FeatureConfig.Text text -> all.add(new NamedField(path + "text", text.field(), Needs.ANYTHING));
            }
        }
        return all;
    }

    private static void addAll(List<NamedField> all, String path, List<String> fields) {
        for (var i = 0; i < fields.size(); i++) {
            all.add(new NamedField(path + "[" + i + "]", fields.get(i), Needs.ANYTHING));
        }
    }
}
