package io.millrace.evaluate;

import java.util.Iterator;
import java.util.List;

/// A comparison over consecutive judgements: what it sums, and which ones they are.
public final class Trial {
    static final int NUMBERS = 2 + Paired.NUMBERS;

    private final Paired sums;
    private final double confidence;
    private long firstJudgement;
    private long firstOffset;

    Trial(double factor, double confidence) {
        sums = new Paired(factor, confidence);
        this.confidence = confidence;
    }

    public Paired sums() {
        return sums;
    }

    public double confidence() {
        return confidence;
    }

    /// Number of the first judgement summed; 0 where there is none.
    public long firstJudgement() {
        return firstJudgement;
    }

    /// Offset of the first block summed in its validation topic.
    public long firstOffset() {
        return firstOffset;
    }

    /// Marks where the examples to come stand, if they are the first.
    void begin(long judgement, long offset) {
        if (firstJudgement == 0) {
            firstJudgement = judgement;
            firstOffset = offset;
        }
    }

    void reset() {
        sums.reset();
        firstJudgement = 0;
        firstOffset = 0;
    }

    void writeTo(List<Double> state) {
        state.add((double) firstJudgement);
        state.add((double) firstOffset);
        sums.writeTo(state);
    }

    void readFrom(Iterator<Double> state) {
        firstJudgement = state.next().longValue();
        firstOffset = state.next().longValue();
        sums.readFrom(state);
    }
}
