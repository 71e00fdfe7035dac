package io.millrace.learn;

import io.millrace.evaluate.Progress;
import io.millrace.feature.Examples;
import io.millrace.kernel.Entries;
import io.millrace.kernel.Kernel;
import io.millrace.kernel.KernelChoice;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What predicts examples and learns from them. One thread.
interface Estimator extends AutoCloseable {
    /// Its parameters and what is remembered of each, as they are now.
    Cells cells();

    /// The prediction for a row whose numbers are scaled, learning nothing. Always finite.
    ///
    /// @param into becomes what [io.millrace.evaluate.Outcome] says
    void predict(Entries row, float[] into);

    /// Predicts, scores and learns each example in order. Leaves all that it is given untouched, trusts the
    /// indices, and allocates nothing once it is warm.
    ///
    /// @param x the values of `batch`, numbers scaled
    /// @param t number of the first example, from 1
    /// @return how many could not be learned
    int learn(Examples batch, float[] x, long t);

    /// The same where a step is taken with other values than the prediction was made with: with a margin of its own.
    ///
    /// @param stepped the values of `batch` as steps take them
    default int learn(Examples batch, float[] x, float[] stepped, long t) {
        throw new UnsupportedOperationException(
                getClass().getSimpleName() + " takes steps with what it predicted with");
    }

    /// The lane that predicts, of models side by side.
    default int served() {
        return 0;
    }

    /// Progressive metrics of models side by side; none where there is one.
    default Map<String, Double> metrics() {
        return Map.of();
    }

    /// Groups that stay in the fold that they were dealt to; none where nothing is dealt so.
    default Optional<GroupFolds> groups() {
        return Optional.empty();
    }

    /// What is remembered beside cells and groups.
    List<Double> state();

    /// Examples that wait until a mini-batch is full.
    default ByteBuffer pending() {
        return ByteBuffer.allocate(0);
    }

    /// Goes on from a state; cells and groups are restored apart.
    ///
    /// @param pending what [#pending] gives
    /// @throws IllegalArgumentException if it is not as long as what [#state] gives, or no such examples can wait
    void restore(List<Double> state, ByteBuffer pending);

    /// For those that learn each example when it comes.
    static void checkNoneWaits(ByteBuffer pending) {
        if (pending.hasRemaining()) {
            throw new IllegalArgumentException("the state has " + pending.remaining()
                    + " bytes of examples that wait: expected none, as each is learned when it comes");
        }
    }

    static Estimator of(LearnConfig config, Loss loss, Progress progress, Kernel kernel) {
        if (config.isBatched()) {
            return new BatchLanes(config, config.lanes().orElseThrow(), (ScalarLoss) loss, progress, kernel);
        }
        if (config.lanes().isPresent()) {
            return new Lanes(config, config.lanes().orElseThrow(), (ScalarLoss) loss, progress, kernel);
        }
        return config.isMlp()
                ? new Mlp(config, config.learner().orElseThrow(), loss, progress, kernel)
                : PerExample.of(config, loss, progress, kernel);
    }

    /// Back to before the first example.
    void reset();

    /// What manifests call what computes.
    String kernel();

    /// What it computes on.
    default String device() {
        return KernelChoice.cpu();
    }

    /// Gives back what it has of a device, if anything, and what was learned there with it. [#reset] makes it anew.
    @Override
    default void close() {}
}
