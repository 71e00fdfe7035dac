package io.millrace.replay;

import io.millrace.evaluate.Cost;
import io.millrace.evaluate.Paired;
import io.millrace.event.Wire;
import io.millrace.feature.Examples;
import io.millrace.feature.NumberFeature;
import io.millrace.learn.Scoring;
import io.millrace.model.Model;
import io.millrace.schema.Block;
import io.millrace.schema.Decision;
import io.millrace.schema.Evidence;
import io.millrace.schema.JudgedAs;
import io.millrace.schema.Judgement;
import io.millrace.schema.TrainRecord;
import io.millrace.schema.VersionPredictions;
import io.millrace.spec.Spec;
import io.millrace.split.Blocks;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A decision of the gate computed again: its figures from the judgements that it rests on, and what those hold from
/// the blocks and the weights of every version that can still be read.
public final class DecisionCheck {
    /// What came of it.
    ///
    /// @param judgements that the evidence rests on
    /// @param examples in them
    /// @param predicted predictions of blocks made again, by versions that are still there
    /// @param unpredicted predictions whose version is gone
    /// @param faults what does not agree, with both values; empty where all does
    public record Result(
            Decision decision, int judgements, long examples, int predicted, int unpredicted, List<String> faults) {}

    private final Map<String, Object> client;
    private final Spec spec;
    private final List<String> faults = new ArrayList<>();
    private int predicted;
    private int unpredicted;
    /// Examples that candidates with blocks of their own were judged by, by lineage.
    private final Map<String, ExamplesById> paired = new HashMap<>();

    /// @param client properties of a Kafka client, at least `bootstrap.servers`
    public DecisionCheck(Map<String, Object> client, Spec spec) {
        this.client = client;
        this.spec = spec;
    }

    /// @param number of the decision
    /// @throws ReplayException if there is no such decision, or its judgements are gone
    public Result check(long number) {
        var decision = decision(number);
        var evidence = decision.getEvidence();
        if (evidence == null) {
            return new Result(decision, 0, 0, 0, 0, List.of());
        }
        var judgements = judgements(evidence);
        checkFigures(evidence, judgements);
        checkPredictions(evidence, judgements);
        return new Result(
                decision, judgements.size(), evidence.getExamples(), predicted, unpredicted, List.copyOf(faults));
    }

    private Decision decision(long number) {
        var topic = spec.topic("decisions");
        var found = new ArrayList<Decision>(1);
        var last = new long[1];
        read(topic, record -> {
            var decision = Wire.decode(Decision.getDecoder(), record);
            last[0] = decision.getNumber();
            if (decision.getNumber() == number) {
                found.add(decision);
            }
        });
        if (found.isEmpty()) {
            throw new ReplayException("decision " + number + " is not in " + topic + ": expected "
                    + (last[0] == 0 ? "one that was made, and none was yet" : "1 to " + last[0]));
        }
        return found.getFirst();
    }

    private List<Judgement> judgements(Evidence evidence) {
        var topic = spec.topic("judgements");
        var judgements = new ArrayList<Judgement>();
        read(topic, record -> {
            var judgement = Wire.decode(Judgement.getDecoder(), record);
            if (judgement.getNumber() >= evidence.getFirstJudgement()
                    && judgement.getNumber() <= evidence.getLastJudgement()
                    && judgement.getTopic().equals(evidence.getTopic())) {
                judgements.add(judgement);
            }
        });
        if (judgements.isEmpty() || judgements.getFirst().getNumber() != evidence.getFirstJudgement()) {
            throw new ReplayException("judgements from " + evidence.getFirstJudgement() + " on are no longer in "
                    + topic + ": the decision can't be computed again");
        }
        return judgements;
    }

    private interface Each {
        void take(byte[] record);
    }

    private void read(String topic, Each each) {
        try (var log = new LogReader(client, topic)) {
            var partition = log.partitions().getFirst();
            while (log.position(partition) < log.end(partition)) {
                log.poll().forEach(record -> each.take(record.value()));
            }
        }
    }

    private void checkFigures(Evidence evidence, List<Judgement> judgements) {
        var cost = Cost.ofWord(evidence.getMetric());
        var sums = new Paired(evidence.getFactor(), evidence.getConfidence());
        for (var judgement : judgements) {
            var first = predictions(judgement, evidence.getFirst());
            var second = predictions(judgement, evidence.getSecond());
            if (first == null || second == null) {
                continue; // a candidate that may not predict a block is not compared on it
            }
            var ones = Predictions.of(first);
            var others = Predictions.of(second);
            var outputs = Predictions.outputs(first, judgement.getCount());
            var labels = floats(judgement.getLabels());
            var weights = judgement.getWeights() == null ? null : floats(judgement.getWeights());
            var clusters = judgement.getClusters();
            for (var row = 0; row < judgement.getCount(); row++) {
                var label = labels.getFloat(Float.BYTES * row);
                sums.add(
                        cost.of(ones, row * outputs, outputs, label),
                        cost.of(others, row * outputs, outputs, label),
                        weights == null ? 1 : weights.getFloat(Float.BYTES * row),
                        clusters.get(clusters.position() + row) & 0xff);
            }
        }
        same("examples", (double) evidence.getExamples(), (double) sums.examples());
        same("clusters", evidence.getClusters(), sums.clusters());
        same("firstLoss", evidence.getFirstLoss(), sums.first());
        same("secondLoss", evidence.getSecondLoss(), sums.second());
        same("difference", evidence.getDifference(), sums.difference());
        same("lower", evidence.getLower(), sums.lower());
        same("upper", evidence.getUpper(), sums.upper());
    }

    private void same(String figure, double said, double computed) {
        if (Double.compare(said, computed) != 0) {
            faults.add(figure + " = " + said + ": computed " + computed);
        }
    }

    /// @param whose `main/newest`, `main/served` or `main/41`
    private static @Nullable ByteBuffer predictions(Judgement judgement, String whose) {
        var at = whose.lastIndexOf('/');
        var lineage = whose.substring(0, at);
        var word = whose.substring(at + 1);
        for (var each : judgement.getPredictions()) {
            var is = switch (word) {
                case "newest" -> each.getAs() == JudgedAs.NEWEST || each.getAs() == JudgedAs.CANDIDATE;
                case "served" -> each.getAs() == judgement.getServed();
                default -> Long.toString(each.getVersion()).equals(word);
            };
            if (is && each.getLineage().equals(lineage)) {
                return floats(each.getValues());
            }
        }
        return null;
    }

    private static ByteBuffer floats(ByteBuffer column) {
        return column.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    private void checkPredictions(Evidence evidence, List<Judgement> judgements) {
        var blocks = blocks(evidence, judgements);
        for (var versions : versions(judgements).entrySet()) {
            var found = models(versions.getKey(), versions.getValue());
            for (var judgement : judgements) {
                for (var each : judgement.getPredictions()) {
                    if (each.getLineage().equals(versions.getKey()) && judgement.getIds() != null) {
                        checkPaired(judgement, each, found.get(each.getVersion()), judgements);
                    } else if (each.getLineage().equals(versions.getKey())) {
                        checkPredictions(
                                judgement, each, found.get(each.getVersion()), blocks.get(judgement.getOffset()));
                    }
                }
            }
        }
    }

    private Map<Long, Block> blocks(Evidence evidence, List<Judgement> judgements) {
        var wanted = new TreeSet<Long>();
        judgements.forEach(judgement -> wanted.add(judgement.getOffset()));
        var blocks = new HashMap<Long, Block>();
        try (var log = new LogReader(client, evidence.getTopic())) {
            var partition = log.partitions().getFirst();
            while (log.position(partition) < log.end(partition)) {
                for (var record : log.poll()) {
                    if (wanted.contains(record.offset())
                            && Wire.decode(TrainRecord.getDecoder(), record.value())
                                            .getBody()
                                    instanceof Block block) {
                        blocks.put(record.offset(), block);
                    }
                }
            }
        }
        return blocks;
    }

    /// Numbers of the versions that predicted, by lineage.
    private static Map<String, Set<Long>> versions(List<Judgement> judgements) {
        var versions = new TreeMap<String, Set<Long>>();
        for (var judgement : judgements) {
            for (var each : judgement.getPredictions()) {
                versions.computeIfAbsent(each.getLineage(), _ -> new TreeSet<>())
                        .add(each.getVersion());
            }
        }
        return versions;
    }

    private Map<Long, Model> models(String lineage, Set<Long> numbers) {
        return new VersionLog(client, spec.topic(lineage, "versions"), spec.topic(lineage, "kept")).left(numbers);
    }

    private void checkPredictions(
            Judgement judgement, VersionPredictions said, @Nullable Model model, @Nullable Block block) {
        if (model == null || block == null) {
            unpredicted++;
            return;
        }
        predicted++;
        if (said.getAs() != JudgedAs.PINNED && said.getAs() != JudgedAs.ANCHOR && !model.mayPredict(block)) {
            faults.add("judgement " + judgement.getNumber() + ": " + model.name() + " had learned of "
                    + block.getTopic() + "-" + block.getPartition() + " beyond the block's first offset, "
                    + block.getFirstOffset());
        }
        checkRows(judgement, said, model, block);
    }

    private void checkRows(Judgement judgement, VersionPredictions said, Model model, Block block) {
        var learn = model.spec().learn();
        var numbers = model.spec().numbers();
        var batch = new Examples(numbers.size());
        Blocks.decode(
                block,
                learn.bits(),
                numbers.stream().mapToInt(NumberFeature::index).toArray(),
                batch);
        var scoring = new Scoring(learn, numbers);
        var all = Predictions.of(floats(said.getValues()));
        var scalers = model.manifest().getScalers();
        var outputs = scoring.outputs();
        for (var row = 0; row < batch.size; row++) {
            var computed = scoring.predict(batch, row, model, scalers);
            var value = Arrays.copyOfRange(all, row * outputs, (row + 1) * outputs);
            if (!Predictions.areSame(computed, value)) {
                faults.add("judgement " + judgement.getNumber() + ", row " + row + ": " + model.name() + " predicted "
                        + Arrays.toString(value) + ": computed " + Arrays.toString(computed));
                return;
            }
        }
    }

    /// Examples of several blocks, found by their ids in the blocks of the lineage that predicted.
    private void checkPaired(
            Judgement judgement, VersionPredictions said, @Nullable Model model, List<Judgement> judgements) {
        if (model == null) {
            unpredicted++;
            return;
        }
        predicted++;
        var topic = said.getAs() == JudgedAs.CANDIDATE ? judgement.getTopic() : judgement.getServedTopic();
        var examples = paired.computeIfAbsent(
                said.getLineage(),
                _ -> ExamplesById.read(client, Objects.requireNonNull(topic), model.spec(), ids(judgements)));
        var ids = Objects.requireNonNull(judgement.getIds()).slice().order(ByteOrder.LITTLE_ENDIAN);
        var all = Predictions.of(floats(said.getValues()));
        var outputs = all.length / Math.max(1, judgement.getCount());
        for (var row = 0; row < judgement.getCount(); row++) {
            var value = Arrays.copyOfRange(all, row * outputs, (row + 1) * outputs);
            if (!examples.predicts(model, ids.getLong(Long.BYTES * row), value)) {
                faults.add("judgement " + judgement.getNumber() + ", row " + row + ": " + model.name() + " predicted "
                        + Arrays.toString(value) + ": computed otherwise, or no example of that id is in " + topic);
                return;
            }
        }
    }

    private static Set<Long> ids(List<Judgement> judgements) {
        var all = new HashSet<Long>();
        for (var judgement : judgements) {
            if (judgement.getIds() != null) {
                var ids = judgement
                        .getIds()
                        .slice()
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asLongBuffer();
                while (ids.hasRemaining()) {
                    all.add(ids.get());
                }
            }
        }
        return all;
    }
}
