package io.millrace.evaluate;

import java.util.Iterator;
import java.util.List;

/// What labels alone say of the next one: two baselines. Asked before the label is seen, as a model is.
sealed interface Labels permits ClassLabels, ClassCounts, NumberLabels {
    static Labels of(Outcome outcome) {
        return outcome.isMulticlass()
                ? new ClassCounts(outcome.outputs())
                : outcome.ofClasses() ? new ClassLabels() : new NumberLabels();
    }

    /// What the best constant so far costs as a prediction.
    ///
    /// @param into as in [Measures#of]
    void constant(Measures measures, float label, double[] into);

    /// What costs a prediction by what came after labels like the last.
    void afterLast(Measures measures, float label, double[] into);

    void see(float label, float weight);

    void writeTo(List<Double> state);

    void readFrom(Iterator<Double> state);

    void reset();
}
