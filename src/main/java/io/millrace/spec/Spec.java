package io.millrace.spec;

import io.millrace.event.EventReading;
import io.millrace.event.EventsConfig;
import io.millrace.event.Fields;
import io.millrace.event.LabelConfig;
import io.millrace.event.TimeConfig;
import io.millrace.feature.FeatureConfig;
import io.millrace.feature.FeatureEncoder;
import io.millrace.feature.NumberFeature;
import io.millrace.learn.LearnConfig;
import io.millrace.split.DedupeConfig.Across;
import io.millrace.split.ExampleReading;
import io.millrace.split.GroupSplit;
import io.millrace.split.Ids;
import io.millrace.split.Seen;
import io.millrace.split.SplitConfig;
import io.millrace.split.Splitter;
import io.millrace.split.TopicIds;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One model, whole: what its file says, defaults filled in.
///
/// @param model names the model, its topics and its applications: lower-case letters, digits and hyphens, at most 64
/// @param schemaText the Avro schema that `events.schema` names, read when the spec is
public record Spec(
        String model,
        EventsConfig events,
        SplitConfig split,
        LabelConfig label,
        List<FeatureConfig> features,
        LearnConfig learn,
        PublishConfig publish,
        GateConfig gate,
        @Nullable String schemaText) {

    /// @throws IllegalArgumentException if parts do not fit each other; the message begins with the key path
    public Spec {
        features = List.copyOf(features);
        SpecCheck.name("model", model);
        SpecCheck.features(features);
        SpecCheck.label(label, learn);
        learn = SpecCheck.classes(label, learn);
        SpecCheck.dedupe(split, events);
        SpecCheck.gate(gate, learn);
        SpecCheck.scales(features, learn);
        SpecCheck.schema(events, split, label, features, schemaText);
    }

    /// Every field that the spec names, each once: time, group, id, label, features.
    public Fields fields() {
        return new Fields(NamedField.of(events, split, label, features).stream()
                        .map(NamedField::field)
                        .distinct()
                        .toList())
                .redacting(events.redacted());
    }

    public List<NumberFeature> numbers() {
        return FeatureEncoder.numbers(features, learn.bits());
    }

    /// How to read events of this spec's format, with `fields` from [#fields].
    public EventReading reading(Fields fields) {
        return new EventReading(events, label, schemaText, fields);
    }

    /// How to make examples of the events of one source partition.
    ///
    /// @param reading made by [#reading] of the same `fields`
    /// @param known what knows the ids that came before, see [#ids]; null: no duplicate is dropped
    public ExampleReading examples(
            EventReading reading, Fields fields, String topic, int partition, @Nullable Ids known) {
        return new ExampleReading(
                reading,
                new FeatureEncoder(features, fields, learn.bits(), timeUnit()),
                new GroupSplit(split, fields),
                fields,
                events.id(),
                features.stream().flatMap(feature -> feature.fields().stream()).collect(Collectors.toUnmodifiableSet()),
                topic,
                partition,
                known);
    }

    /// What knows the ids of each partition of an events topic, none so far; null where no duplicate is dropped.
    ///
    /// @param partitions how many it has
    public IntFunction<@Nullable Ids> ids(int partitions) {
        if (split.dedupe().isEmpty()) {
            return _ -> null;
        }
        var dedupe = split.dedupe().get();
        if (dedupe.across() == Across.PARTITION) {
            return _ -> new Seen(dedupe);
        }
        var all = new TopicIds(dedupe, partitions);
        return _ -> all;
    }

    /// A splitter of one source partition, all parts of it bound to this spec; it has seen nothing before.
    public Splitter splitter(String lineage, String topic, int partition, Splitter.Output output) {
        return splitter(lineage, topic, partition, ids(1).apply(0), output);
    }

    /// A splitter of one source partition that drops what `known` knows.
    public Splitter splitter(String lineage, String topic, int partition, @Nullable Ids known, Splitter.Output output) {
        var fields = fields();
        var examples = examples(reading(fields), fields, topic, partition, known);
        return new Splitter(examples, numbers().size(), lineage, hash(), topic, partition, output);
    }

    /// Unit of the fields that hour-of-day and day-of-week read: that of `events.time`, else milliseconds.
    public TimeConfig.Unit timeUnit() {
        return events.time().map(TimeConfig::unit).orElse(TimeConfig.Unit.MILLISECONDS);
    }

    /// Canonical JSON of the whole spec, defaults and schema included: what [SpecReader#ofJson] reads back.
    public String toJson() {
        return RecordJson.write(this, java.util.Set.of());
    }

    /// First 8 bytes of the SHA-256 of what decides examples and learning: everything but `publish`, `gate` and
    /// `events.redact`, where the schema stands, and what its canonical form leaves out. Takes a
    /// millisecond: whoever needs it often keeps it.
    public long hash() {
        return SpecHash.of(this);
    }

    /// The same spec with other shares of the groups.
    public Spec withSplit(SplitConfig split) {
        return new Spec(model, events, split, label, features, learn, publish, gate, schemaText);
    }

    /// The same spec, judged otherwise.
    public Spec withGate(GateConfig gate) {
        return new Spec(model, events, split, label, features, learn, publish, gate, schemaText);
    }

    /// The same spec, published otherwise.
    public Spec withPublish(PublishConfig publish) {
        return new Spec(model, events, split, label, features, learn, publish, gate, schemaText);
    }

    /// The same spec, learning otherwise.
    public Spec withLearn(LearnConfig learn) {
        return new Spec(model, events, split, label, features, learn, publish, gate, schemaText);
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
