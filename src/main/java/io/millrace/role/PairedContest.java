package io.millrace.role;

import io.millrace.evaluate.Contest;
import io.millrace.evaluate.Pairing;
import io.millrace.feature.Examples;
import io.millrace.schema.JudgedAs;
import io.millrace.schema.Judgement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A candidate with blocks of its own beside what serves: each example is predicted twice, by either side when its own
/// block comes, and compared once both have. What waits does not outlive the process: it is not compared then.
final class PairedContest {
    /// A version, and what it was.
    record By(long version, JudgedAs as) {}

    /// Where the pairs of one block stand.
    ///
    /// @param champion its lineage
    /// @param topic validation topic of the candidate
    /// @param offset of the candidate's last block
    /// @param servedTopic validation topic of what serves
    record Place(String champion, String topic, long offset, String servedTopic) {}

    private final String candidate;
    private final Contest contest;
    private final int outputs;
    private final Pairing<By> pairing = new Pairing<>();

    /// @param candidate its lineage
    /// @param outputs numbers a prediction
    PairedContest(String candidate, Contest contest, int outputs) {
        this.candidate = candidate;
        this.outputs = outputs;
        this.contest = contest;
    }

    /// Adds what serves predicted for a block.
    void served(By by, Examples block, float[] values) {
        for (var row = 0; row < block.size; row++) {
            pairing.served(
                    by,
                    block.ids[row],
                    prediction(values, row, outputs),
                    block.labels[row],
                    block.weights[row],
                    GateRecords.cluster(block.groups[row]));
        }
    }

    /// Adds what the candidate predicted for a block.
    void candidate(By by, Examples block, float[] values) {
        for (var row = 0; row < block.size; row++) {
            pairing.candidate(
                    by,
                    block.ids[row],
                    prediction(values, row, outputs),
                    block.labels[row],
                    block.weights[row],
                    GateRecords.cluster(block.groups[row]));
        }
    }

    private static float[] prediction(float[] values, int row, int outputs) {
        return Arrays.copyOfRange(values, row * outputs, (row + 1) * outputs);
    }

    /// Compares what has paired up.
    ///
    /// @param last number of the last judgement
    /// @return a judgement for each two versions, numbered on from there
    List<Judgement> settle(Place place, long last, long eventTime) {
        var judgements = new ArrayList<Judgement>();
        for (var pairs : pairing.take()) {
            var number = ++last;
            contest.begin(number, place.offset());
            for (var row : pairs.rows()) {
                contest.add(
                        row.served(),
                        row.candidate(),
                        0,
                        row.served().length,
                        row.label(),
                        row.weight(),
                        row.cluster());
            }
            judgements.add(judgement(number, place, eventTime, pairs));
        }
        return judgements;
    }

    private Judgement judgement(long number, Place place, long eventTime, Pairing.Pairs<By> pairs) {
        var n = pairs.rows().size();
        var columns = new PairColumns(pairs.rows());
        return Judgement.newBuilder()
                .setNumber(number)
                .setTopic(place.topic())
                .setOffset(place.offset())
                .setEventTime(eventTime)
                .setCount(n)
                .setLabels(GateRecords.pack(columns.labels, n))
                .setWeights(GateRecords.pack(columns.weights, n))
                .setIds(GateRecords.pack(columns.ids))
                .setClusters(columns.clusters())
                .setPredictions(List.of(
                        GateRecords.predictions(
                                place.champion(),
                                pairs.served().version(),
                                pairs.served().as(),
                                columns.served,
                                columns.served.length),
                        GateRecords.predictions(
                                candidate,
                                pairs.candidate().version(),
                                pairs.candidate().as(),
                                columns.candidate,
                                columns.candidate.length)))
                .setServed(pairs.served().as())
                .setServedTopic(place.servedTopic())
                .build();
    }

    /// Examples that one side predicted and the other never did.
    long dropped() {
        return pairing.dropped();
    }

    /// Nothing waits any longer.
    void clear() {
        pairing.clear();
    }
}
