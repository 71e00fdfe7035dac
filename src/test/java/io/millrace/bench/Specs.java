package io.millrace.bench;

import io.millrace.feature.FeatureConfig;
import io.millrace.learn.LearnConfig;
import io.millrace.learn.LearnConfig.LearnerConfig;
import io.millrace.learn.LearnConfig.LearnerKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import io.millrace.spec.PublishConfig;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.time.Duration;

/// The shipped spec and what is measured with it.
final class Specs {
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

    /// Every group in train, and no feature of two fields.
    static Spec withoutCrosses(LearnerKind learner, double rate) {
        var spec = everythingInTrain();
        var learn = new LearnConfig(
                        spec.learn().loss(),
                        new OptimizerConfig(OptimizerKind.SGD, rate, 0),
                        spec.learn().bits())
                .withLearner(new LearnerConfig(learner));
        var features = spec.features().stream()
                .filter(feature -> !(feature instanceof FeatureConfig.Cross))
                .toList();
        return new Spec(
                spec.model(),
                spec.events(),
                spec.split(),
                spec.label(),
                features,
                learn,
                spec.publish(),
                spec.gate(),
                spec.schemaText());
    }
}
