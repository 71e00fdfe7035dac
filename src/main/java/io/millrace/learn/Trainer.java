package io.millrace.learn;

import io.millrace.evaluate.Progress;
import io.millrace.feature.Examples;
import io.millrace.feature.NumberFeature;
import io.millrace.kernel.DeviceException;
import io.millrace.kernel.Entries;
import io.millrace.kernel.Kernel;
import io.millrace.kernel.KernelChoice;
import io.millrace.kernel.OpenClLayers;
import io.millrace.schema.ScalerState;
import io.millrace.schema.TrainerState;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Test, then train: the whole of learning without Kafka. One thread.
///
/// Of each example, in order: numbers are scaled with what was seen before it, the learner makes its margin, the
/// prediction is scored, the weights take one step, then the scalers count its numbers (those that are inclusive,
/// before the step, which is taken with a margin of its own). A step that can't be
/// taken, because the margin, the step or a weight would not be finite or the label is none of the loss, is
/// counted and changes no weight.
///
/// It knows how fast it learned: examples a second of the time spent in [#learn], since it was made.
public final class Trainer implements AutoCloseable {
    private final Estimator estimator;
    private final Progress progress;
    private final Scaler[] scalers;
    private final Entries entries = new Entries();
    /// The values of a batch with its numbers scaled.
    private float[] scaled = {};
    /// The same as steps take them; empty where no scaler is inclusive.
    private float[] stepped = {};
    private final boolean inclusive;

    private long examples;
    private long refused;
    private long eventTime = Long.MIN_VALUE;
    private long learned;
    private long nanos;

    /// With the scalar kernel.
    public Trainer(LearnConfig config, List<NumberFeature> numbers) {
        this(config, numbers, Kernel.scalar());
    }

    /// @param numbers the number features that every row starts with
    /// @param kernel of this trainer alone; all of them give the same bits
    public Trainer(LearnConfig config, List<NumberFeature> numbers, Kernel kernel) {
        var loss = Loss.of(config);
        progress = loss.outcome().progress();
        estimator = Estimator.of(config, loss, progress, kernel);
        scalers = numbers.stream().map(number -> new Scaler(number.scale())).toArray(Scaler[]::new);
        inclusive = Arrays.stream(scalers).anyMatch(Scaler::isInclusive);
    }

    /// Bytes that a trainer of this config takes, nearly all of them its cells: `floats a cell · 4 · 2^bits`.
    public static long bytes(LearnConfig config) {
        return Cells.bytes(config.cells(), config.floats());
    }

    /// What a trainer of this config computes on: [#device] before there is one.
    ///
    /// @throws DeviceException if the spec names a device and there is none, or it has too little memory
    public static String checkDevice(LearnConfig config) {
        return config.isOnDevice() ? OpenClLayers.check(4L * config.floats() * config.cells()) : KernelChoice.cpu();
    }

    /// Predicts, scores and learns each example in order. Leaves `batch` untouched, trusts its indices, and
    /// allocates nothing.
    ///
    /// @throws IllegalArgumentException if its rows start with another count of numbers
    public void learn(Examples batch) {
        check(batch);
        var start = System.nanoTime();
        if (scalers.length == 0) {
            refused += estimator.learn(batch, batch.values, examples + 1);
        } else {
            scaleAndCount(batch);
            refused += inclusive
                    ? estimator.learn(batch, scaled, stepped, examples + 1)
                    : estimator.learn(batch, scaled, examples + 1);
        }
        examples += batch.size;
        eventTime = Math.max(eventTime, latest(batch));
        learned += batch.size;
        nanos += System.nanoTime() - start;
    }

    private static long latest(Examples batch) {
        var latest = Long.MIN_VALUE;
        for (var row = 0; row < batch.size; row++) {
            latest = Math.max(latest, batch.times[row]);
        }
        return latest;
    }

    /// Each row's numbers are scaled with what came before it, and then counted.
    private void scaleAndCount(Examples batch) {
        var n = batch.rows[batch.size];
        makeRoom(n);
        System.arraycopy(batch.values, 0, scaled, 0, n);
        if (inclusive) {
            System.arraycopy(batch.values, 0, stepped, 0, n);
        }
        for (var row = 0; row < batch.size; row++) {
            var from = batch.rows[row];
            for (var k = 0; k < scalers.length; k++) {
                var value = batch.values[from + k];
                scaled[from + k] = scalers[k].scale(value);
                scalers[k].update(value);
                if (inclusive) {
                    stepped[from + k] = scalers[k].isInclusive() ? scalers[k].scale(value) : scaled[from + k];
                }
            }
        }
    }

    private void makeRoom(int n) {
        if (scaled.length < n) {
            scaled = new float[2 * n];
            stepped = new float[inclusive ? 2 * n : 0];
        }
    }

    /// The prediction for one row, learning nothing. Always finite.
    ///
    /// @param into becomes what [io.millrace.evaluate.Outcome] says
    /// @throws IllegalArgumentException if rows of `batch` start with another count of numbers
    public void predict(Examples batch, int at, float[] into) {
        check(batch);
        var from = batch.rows[at];
        var n = batch.rows[at + 1] - from;
        makeRoom(n);
        System.arraycopy(batch.values, from, scaled, 0, n);
        for (var k = 0; k < scalers.length; k++) {
            scaled[k] = scalers[k].scale(scaled[k]);
        }
        estimator.predict(entries.of(batch.indices, from, scaled, 0, n), into);
    }

    /// The same where a prediction is one number: probability of label 1, or the value itself.
    public float predict(Examples batch, int at) {
        var prediction = new float[1];
        predict(batch, at, prediction);
        return prediction[0];
    }

    private void check(Examples batch) {
        if (batch.numbers != scalers.length) {
            throw new IllegalArgumentException(
                    "the batch has " + batch.numbers + " number features a row: expected " + scalers.length);
        }
    }

    public Cells cells() {
        return estimator.cells();
    }

    /// Groups that stay in the fold that they were dealt to, where `learn.lanes` deals so.
    public Optional<GroupFolds> groups() {
        return estimator.groups();
    }

    /// Examples learned.
    public long examples() {
        return examples;
    }

    /// Steps not taken because they were not finite, or the label was none of the loss.
    public long refused() {
        return refused;
    }

    /// Latest event time learned, milliseconds since 1970; `Long.MIN_VALUE` before the first example.
    public long eventTime() {
        return eventTime;
    }

    public Progress progress() {
        return progress;
    }

    /// Name of the kernel, for manifests.
    public String kernel() {
        return estimator.kernel();
    }

    /// What it computes on: the CPU's name, or the device's.
    public String device() {
        return estimator.device();
    }

    /// Examples a second of the time that this object spent learning; 0 before.
    public double examplesPerSecond() {
        return nanos == 0 ? 0 : 1e9 * learned / nanos;
    }

    /// A copy of the scalers' statistics, in the order of the number features.
    public List<ScalerState> scalers() {
        return Arrays.stream(scalers).map(Scaler::state).toList();
    }

    /// A copy of all that is learned and is neither a cell nor a group's fold.
    public TrainerState state() {
        return new TrainerState(
                examples, refused, eventTime, scalers(), progress.state(), estimator.state(), estimator.pending());
    }

    /// Goes on from a state; cells and groups are restored apart.
    ///
    /// @throws IllegalArgumentException if it has other scalers or metrics
    public void restore(TrainerState state) {
        var known = state.getScalers();
        if (known.size() != scalers.length) {
            throw new IllegalArgumentException(
                    "the state has " + known.size() + " scalers: expected " + scalers.length);
        }
        progress.restore(state.getProgress());
        estimator.restore(state.getOptimizer(), state.getPending());
        for (var k = 0; k < scalers.length; k++) {
            scalers[k].restore(known.get(k));
        }
        examples = state.getExamples();
        refused = state.getRefused();
        eventTime = state.getEventTime();
    }

    /// Back to before the first example.
    public void reset() {
        estimator.reset();
        progress.reset();
        for (var scaler : scalers) {
            scaler.reset();
        }
        examples = 0;
        refused = 0;
        eventTime = Long.MIN_VALUE;
    }

    /// The lane that predicts, of models side by side; 0 where there is one.
    public int lane() {
        return estimator.served();
    }

    /// Progressive metrics of the predictions made, then those of each lane: `log-loss.lane-3`.
    public Map<String, Double> metrics() {
        var metrics = new LinkedHashMap<>(progress.metrics());
        metrics.putAll(estimator.metrics());
        return metrics;
    }

    /// Digest of what a version cut now would have.
    public long versionDigest() {
        return cells().versionDigest();
    }

    /// Sum of [Digest#mix] over the non-zero parameters of all lanes, modulo 2^64; and that of [#groups].
    public long digest() {
        return cells().digest() + groups().map(GroupFolds::digest).orElse(0L);
    }

    /// Gives back what it has of a device, if anything, and what was learned there with it. [#reset] makes it anew.
    @Override
    public void close() {
        estimator.close();
    }
}
