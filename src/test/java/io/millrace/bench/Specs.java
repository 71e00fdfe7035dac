package io.millrace.bench;

import io.millrace.feature.FeatureConfig;
import io.millrace.learn.LanesConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import io.millrace.spec.PublishConfig;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// The shipped spec and what is measured with it.
final class Specs {
    /// A rate to begin with, of each optimizer.
    static final Map<OptimizerKind, Double> RATES = new EnumMap<>(Map.of(
            OptimizerKind.SGD, 0.05,
            OptimizerKind.MOMENTUM, 0.005,
            OptimizerKind.NESTEROV, 0.005,
            OptimizerKind.ADAGRAD, 0.05,
            OptimizerKind.RMSPROP, 0.001,
            OptimizerKind.ADAM, 0.001,
            OptimizerKind.FTRL, 0.1,
            OptimizerKind.NORMALIZED_ADAPTIVE, 0.5));

    private Specs() {}

    static Spec flights() {
        return SpecReader.resource("flights.yaml");
    }

    static Spec publishingEvery(Duration every) {
        var spec = flights();
        var publish = spec.publish();
        return spec.withPublish(new PublishConfig(every, publish.keyframe(), publish.keep()));
    }

    static Spec everythingInTrain() {
        var spec = flights();
        return spec.withSplit(spec.split().withShares(1, 0, 0));
    }

    /// No feature of two fields.
    static Spec withoutCrosses() {
        var spec = flights();
        var features = spec.features().stream()
                .filter(feature -> !(feature instanceof FeatureConfig.Cross))
                .toList();
        return new Spec(
                spec.model(),
                spec.events(),
                spec.split(),
                spec.label(),
                features,
                spec.learn(),
                spec.publish(),
                spec.gate(),
                spec.schemaText());
    }

    /// Lanes of all combinations of rates and l2.
    static LanesConfig grid(List<Double> rates, List<Double> l2) {
        return new LanesConfig(
                Optional.of(rates),
                Optional.empty(),
                Optional.of(l2),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
