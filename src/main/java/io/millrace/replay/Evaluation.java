package io.millrace.replay;

import io.millrace.evaluate.Comparison;
import io.millrace.evaluate.Outcome;
import io.millrace.feature.Examples;
import io.millrace.feature.NumberFeature;
import io.millrace.learn.Scoring;
import io.millrace.model.Model;
import io.millrace.schema.Block;
import io.millrace.split.Blocks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Scores the blocks of a held-out split with versions that are what they are: nothing is learned. A
/// prediction has the bits of the trainer's prediction at that version.
public final class Evaluation {
    /// Of the draws behind intervals: the same log and versions give the same intervals.
    private static final long SEED = 1;

    private final List<Version> versions;
    private final List<Candidate> candidates = new ArrayList<>();
    private final Comparison comparison;
    private final Examples batch;
    private final int bits;
    private final int[] numberIndices;
    private long eventTime;

    /// @param name what people call the version
    /// @param isPublished whether it is in a versions topic, where its number says which it is
    public record Version(String name, Model model, boolean isPublished) {
        /// One of a versions topic.
        public static Version published(Model model) {
            return new Version(model.name(), model, true);
        }

        /// One that was kept as files.
        public static Version kept(String name, Model model) {
            return new Version(name, model, false);
        }

        private Outcome outcome() {
            return model.spec().learn().outcome();
        }

        private String says() {
            return name + " predicts " + outcome().word();
        }
    }

    private record Candidate(Model model, Scoring scoring) {
        float[] predict(Examples batch, int row) {
            return scoring.predict(batch, row, model, model.manifest().getScalers());
        }
    }

    /// @param versions one or more
    /// @throws ReplayException if one was learned from other examples than those of the log, or they predict
    ///     different things
    public Evaluation(BlockLog log, List<Version> versions) {
        this.versions = List.copyOf(versions);
        var first = versions.getFirst();
        for (var version : versions) {
            if (!log.fits(version.model.spec())) {
                throw new ReplayException(version.name + " was learned under another spec than that of " + log.topic()
                        + ": expected one that differs in " + BlockLog.MAY_DIFFER + " at most");
            }
            if (!version.outcome().isLike(first.outcome())) {
                throw new ReplayException(first.says() + ", " + version.says() + ": expected versions of one kind");
            }
        }
        var spec = log.spec();
        var numbers = spec.numbers();
        for (var version : versions) {
            candidates.add(new Candidate(
                    version.model, new Scoring(version.model.spec().learn(), numbers)));
        }
        comparison = new Comparison(first.outcome(), versions.size(), SEED);
        batch = new Examples(numbers.size());
        bits = spec.learn().bits();
        numberIndices = numbers.stream().mapToInt(NumberFeature::index).toArray();
    }

    /// Scores all examples of a block.
    public void block(Block block, long nextOffset) throws IOException {
        try {
            Blocks.decode(block, bits, numberIndices, batch);
        } catch (IllegalArgumentException e) {
            throw new ReplayException("before offset " + nextOffset + ": " + e.getMessage());
        }
        for (var row = 0; row < batch.size; row++) {
            comparison.example(batch.labels[row], batch.weights[row], batch.groups[row]);
            for (var k = 0; k < candidates.size(); k++) {
                comparison.predicted(k, candidates.get(k).predict(batch, row));
            }
            eventTime = Math.max(eventTime, batch.times[row]);
        }
    }

    public List<Version> versions() {
        return versions;
    }

    /// The figures, by the places of the versions.
    public Comparison comparison() {
        return comparison;
    }

    /// The latest event time, in milliseconds since 1970; 0 before the first example.
    public long eventTime() {
        return eventTime;
    }
}
