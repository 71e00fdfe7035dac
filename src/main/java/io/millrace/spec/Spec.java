package io.millrace.spec;

import io.millrace.event.EventsConfig;
import io.millrace.event.Fields;
import io.millrace.event.LabelConfig;
import io.millrace.event.TimeConfig;
import io.millrace.feature.FeatureConfig;
import io.millrace.feature.NumberFeature;
import io.millrace.learn.LearnConfig;
import io.millrace.split.SplitConfig;
import io.millrace.split.Splitter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One model, whole: what its file says, defaults filled in.
///
/// @param schemaText the Avro schema that `events.schema` names, read when the spec is
public record Spec(
        String model,
        EventsConfig events,
        SplitConfig split,
        LabelConfig label,
        List<FeatureConfig> features,
        LearnConfig learn,
        PublishConfig publish,
        @Nullable String schemaText) {

    /// Every field that the spec names, each once: time, group, id, label, features.
    public Fields fields() {
        throw new UnsupportedOperationException();
    }

    public List<NumberFeature> numbers() {
        throw new UnsupportedOperationException();
    }

    /// A splitter of one source partition, all parts of it bound to this spec.
    public Splitter splitter(String lineage, String topic, int partition, Splitter.Output output) {
        throw new UnsupportedOperationException();
    }

    /// Unit of the fields that hour-of-day and day-of-week read: that of `events.time`, else milliseconds.
    public TimeConfig.Unit timeUnit() {
        throw new UnsupportedOperationException();
    }

    /// Canonical JSON of the whole spec, defaults and schema included: what [SpecReader#ofJson] reads back.
    public String toJson() {
        throw new UnsupportedOperationException();
    }

    /// First 8 bytes of the SHA-256 of what decides examples and learning: everything but `publish`.
    public long hash() {
        throw new UnsupportedOperationException();
    }

    /// `M.L.word`, such as `flight-delays.main.train`; also an application id.
    public String topic(String lineage, String word) {
        return model + "." + lineage + "." + word;
    }

    /// `M.word`, such as `flight-delays.predictions`.
    public String topic(String word) {
        return model + "." + word;
    }
}
