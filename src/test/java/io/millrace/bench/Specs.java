package io.millrace.bench;

import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;

/// The shipped spec and what is measured with it.
final class Specs {
    private Specs() {}

    static Spec flights() {
        return SpecReader.resource("flights.yaml");
    }

    static Spec everythingInTrain() {
        var spec = flights();
        return spec.withSplit(spec.split().withShares(1, 0, 0));
    }
}
