package io.millrace.evaluate;

/// Predictions that are one number, as tests write them.
final class OneNumber {
    private OneNumber() {}

    static void add(Progress progress, float prediction, float label, float weight) {
        progress.add(new float[] {prediction}, 0, label, weight);
    }

    static void add(HeldOut heldOut, float prediction, float label, float weight, long group) {
        heldOut.add(new float[] {prediction}, 0, label, weight, group);
    }
}
