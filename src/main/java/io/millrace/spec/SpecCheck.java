package io.millrace.spec;

import io.millrace.event.EventsConfig;
import io.millrace.event.LabelConfig;
import io.millrace.feature.FeatureConfig;
import io.millrace.feature.FeatureConfig.Scale;
import io.millrace.learn.LearnConfig;
import io.millrace.learn.LearnConfig.LearnerKind;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.split.SplitConfig;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/// What no block of a spec can check alone: that they fit each other and the schema.
final class SpecCheck {
    private SpecCheck() {}

    /// @throws IllegalArgumentException if `name` is none that topics and applications can carry
    static void name(String path, String name) {
        if (!name.matches("[a-z0-9-]{1,64}")) {
            throw new IllegalArgumentException(
                    path + " = " + name + " is no name: expected lower-case letters, digits and hyphens, at most 64");
        }
    }

    static void features(List<FeatureConfig> features) {
        if (features.isEmpty()) {
            throw new IllegalArgumentException("features = [] is empty: expected one feature or more");
        }
        var seen = new HashMap<String, Integer>();
        for (var i = 0; i < features.size(); i++) {
            var feature = Binding.kebab(features.get(i).getClass().getSimpleName()) + ": "
                    + features.get(i).name();
            var before = seen.putIfAbsent(feature, i);
            if (before != null) {
                throw new IllegalArgumentException("features[" + i + "] = {" + feature
                        + "} is there twice: expected it once, as features[" + before + "]");
            }
        }
    }

    static void label(LabelConfig label, LearnConfig learn) {
        var classes = label.classes().map(List::size).orElse(0);
        var loss = "learn.loss = " + Binding.kebab(learn.loss().name());
        if (classes > 0 && !learn.loss().ofClasses()) {
            throw new IllegalArgumentException("label.classes does not go with " + loss
                    + ", which learns a number: expected softmax, or logistic for two classes");
        }
        if (learn.loss() == LossKind.SOFTMAX) {
            if (classes == 0) {
                throw new IllegalArgumentException("label.classes is missing: expected the values of " + label.field()
                        + ", as " + loss + " learns them");
            }
            return;
        }
        if (classes > 2) {
            throw new IllegalArgumentException("label.classes has " + classes + " classes: expected two, as " + loss
                    + " learns no more\nSet learn.loss to softmax.");
        }
        if (learn.loss().ofClasses() && classes == 0 && label.above().isEmpty()) {
            throw new IllegalArgumentException(
                    "label.above is missing: expected a number, as learn.loss = "
                            + Binding.kebab(learn.loss().name()) + " learns two classes\n"
                            + "The label is 1 where the field is greater. To learn the number itself, set learn.loss to squared.");
        }
    }

    /// What to learn, with the count of the label's classes where the loss needs it.
    static LearnConfig classes(LabelConfig label, LearnConfig learn) {
        if (learn.loss() != LossKind.SOFTMAX) {
            return learn;
        }
        var named = label.classes().orElseThrow().size();
        learn.classes().ifPresent(given -> {
            if (given != named) {
                throw new IllegalArgumentException("learn.classes = " + given + " is wrong: expected " + named
                        + ", as label.classes has so many; leave it out");
            }
        });
        return learn.withClasses(named);
    }

    /// A mini-batch is learned with the values that it was predicted with.
    static void scales(List<FeatureConfig> features, LearnConfig learn) {
        var batched = learn.learner()
                .filter(learner ->
                        learner.kind() == LearnerKind.MLP || learner.batch().isPresent());
        for (var i = 0; i < features.size() && batched.isPresent(); i++) {
            if (features.get(i) instanceof FeatureConfig.Number number && number.scale() == Scale.STANDARD_INCLUSIVE) {
                throw new IllegalArgumentException("features[" + i
                        + "].scale = standard-inclusive does not go with "
                        + (batched.get().kind() == LearnerKind.MLP ? "learn.learner.kind = mlp" : "learn.learner.batch")
                        + ": expected standard or none");
            }
        }
    }

    static void gate(GateConfig gate, LearnConfig learn) {
        var classes = learn.loss().ofClasses();
        gate.metric().filter(metric -> metric.ofClasses() != classes).ifPresent(metric -> {
            throw new IllegalArgumentException("gate.metric = " + Binding.kebab(metric.name()) + " does not go with "
                    + (classes ? "classes: expected log-loss or brier" : "a number: expected mae or rmse"));
        });
        var own = learn.outcome().cost().loss();
        gate.metric().filter(metric -> metric.isOwn() && metric != own).ifPresent(metric -> {
            throw new IllegalArgumentException("gate.metric = " + Binding.kebab(metric.name())
                    + " does not go with learn.loss = "
                    + Binding.kebab(learn.loss().name()) + ": expected mae, rmse"
                    + (own.isOwn() ? " or " + own.word() : ""));
        });
    }

    static void dedupe(SplitConfig split, EventsConfig events) {
        if (split.dedupe().isPresent() && events.id().isEmpty()) {
            throw new IllegalArgumentException(
                    "split.dedupe needs an id, but events.id is empty: expected the fields that make two events the same"
                            + " event\nWithout them an event is its topic, partition and offset, and no two are the same.");
        }
    }

    static void schema(
            EventsConfig events,
            SplitConfig split,
            LabelConfig label,
            List<FeatureConfig> features,
            @Nullable String text) {
        if (text == null) {
            return;
        }
        var schema = parse(events, text);
        for (var named : NamedField.of(events, split, label, features)) {
            var field = schema.getField(named.field());
            if (field == null) {
                throw new IllegalArgumentException(named.path() + " = " + named.field()
                        + " is not in the schema: expected one of " + names(schema));
            }
            if (named.needs() == NamedField.Needs.NUMBER && !mayBeNumber(field.schema())) {
                throw new IllegalArgumentException(named.path() + " = " + named.field() + " is " + field.schema()
                        + " in the schema: expected a number");
            }
        }
        for (var hidden : events.redact().orElse(List.of())) {
            if (schema.getField(hidden) == null) {
                throw new IllegalArgumentException(
                        "events.redact = " + hidden + " is not in the schema: expected one of " + names(schema));
            }
        }
    }

    private static Schema parse(EventsConfig events, String text) {
        var path = "events.schema = " + events.schema().orElse("");
        try {
            var schema = new Schema.Parser().parse(text);
            if (schema.getType() == Schema.Type.RECORD) {
                return schema;
            }
            throw new IllegalArgumentException(
                    path + " holds a schema of a " + schema.getType().getName() + ": expected a record");
        } catch (AvroRuntimeException e) {
            throw new IllegalArgumentException(path + " holds no Avro schema: " + firstLine(e), e);
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static String names(Schema schema) {
        return schema.getFields().stream().map(Schema.Field::name).collect(Collectors.joining(", "));
    }

    private static boolean mayBeNumber(Schema schema) {
        return switch (schema.getType()) {
            case INT, LONG, FLOAT, DOUBLE -> true;
            case UNION -> schema.getTypes().stream().anyMatch(SpecCheck::mayBeNumber);
            default -> false;
        };
    }
}
