package io.millrace.bench;

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
}
