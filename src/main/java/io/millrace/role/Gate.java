package io.millrace.role;

import io.millrace.evaluate.Breaker;
import io.millrace.evaluate.Breaker.Verdict;
import io.millrace.evaluate.Cost;
import io.millrace.evaluate.Trial;
import io.millrace.event.Wire;
import io.millrace.feature.Examples;
import io.millrace.feature.NumberFeature;
import io.millrace.model.ChampionFollower;
import io.millrace.model.Model;
import io.millrace.schema.Block;
import io.millrace.schema.ChampionMode;
import io.millrace.schema.DecisionKind;
import io.millrace.schema.Evidence;
import io.millrace.schema.GateState;
import io.millrace.schema.JudgedAs;
import io.millrace.schema.Judgement;
import io.millrace.schema.LineageState;
import io.millrace.schema.Metric;
import io.millrace.schema.TrainRecord;
import io.millrace.schema.VersionPredictions;
import io.millrace.spec.Spec;
import io.millrace.split.Blocks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/// The active gate: judges every validation block once, on arrival, obeys operators, and says what serves. It goes on
/// from the last committed state; what it writes about a block (judgement, decision, champion, kept versions, its own
/// state) leaves in one transaction. One thread.
final class Gate implements AutoCloseable {
    private static final long COMMIT_NANOS = Duration.ofMillis(500).toNanos();

    private final Spec spec;
    private final Probe probe;
    private final GateProgress progress;
    private final Cost cost;
    private final Breaker.Rule rule;
    private final Producer<byte[], byte[]> producer;
    private final Map<String, JudgedLineage> lineages = new LinkedHashMap<>();
    private final GateLogs logs;
    private final Serving serving;
    private final GateCommands commands;

    private long judgements;
    private long commandOffset;
    private long judgedTime;
    private boolean judged;
    /// Decisions that are committed.
    private long committed;
    private long committedAt;

    /// Blocks are read into one of these, by how many number features they have.
    private final Map<Integer, Examples> batches = new HashMap<>();
    private Examples batch = new Examples(0);
    /// Numbers a prediction.
    private final int outputs;

    private final float[] newestValues;
    private final float[] anchorValues;
    private final float[] pinnedValues;
    private final float[] candidateValues;

    /// @param start what it goes on from
    /// @param producer with its transactions initialised
    Gate(
            Spec spec,
            RoleSettings settings,
            GateStart start,
            Producer<byte[], byte[]> producer,
            Probe probe,
            GateProgress progress) {
        this.spec = spec;
        this.producer = producer;
        this.probe = probe;
        this.progress = progress;
        cost = GateRecords.cost(spec);
        outputs = spec.learn().outcome().outputs();
        newestValues = new float[outputs * Blocks.CAPACITY];
        anchorValues = new float[outputs * Blocks.CAPACITY];
        pinnedValues = new float[outputs * Blocks.CAPACITY];
        candidateValues = new float[outputs * Blocks.CAPACITY];
        var gate = spec.gate();
        rule = new Breaker.Rule(
                cost,
                gate.tolerance(),
                gate.confidence(),
                gate.window(),
                gate.anchor().toMillis());
        var client = settings.client();
        logs = new GateLogs(spec, client, lineages);
        var state = start.state();
        if (state == null) {
            serving = new Serving(spec, client, lineages, ChampionFollower.undecided(settings.lineage()), 0);
            logs.add(
                    new JudgedLineage(
                            settings.lineage(),
                            settings.lineage(),
                            rule,
                            spec.learn().outcome()),
                    0);
        } else {
            serving = new Serving(spec, client, lineages, state.getChampion(), state.getDecisions());
            restore(state);
        }
        commands = new GateCommands(spec, client, rule, lineages, logs, serving);
        committed = serving.decisions();
        if (!start.isTold()) {
            serving.tell();
            judged = true; // so that it leaves at once
        }
        logs.assign();
        report(servedMetrics());
    }

    private void restore(GateState state) {
        judgements = state.getJudgements();
        commandOffset = state.getCommandOffset();
        for (var saved : state.getLineages()) {
            var lineage = new JudgedLineage(
                    saved.getLineage(), saved.getBlocks(), rule, spec.learn().outcome());
            lineage.breaker.restore(saved.getSums());
            lineage.contest.restore(saved.getContest());
            lineage.heldOut.restore(saved.getMetrics());
            lineage.candidate = saved.getCandidate();
            lineage.target = saved.getTarget();
            lineage.unscored = saved.getUnscored();
            saved.getKept().forEach((version, chunks) -> lineage.kept.put(Long.valueOf(version), chunks));
            if (saved.getAnchor() != null) {
                lineage.anchor = serving.kept(saved.getLineage(), saved.getAnchor());
            }
            logs.add(lineage, saved.getBlockOffset());
            logs.checkTopic(saved.getBlocks(), saved.getTopicId());
        }
    }

    /// Where in the commands topic it goes on.
    long commandOffset() {
        return commandOffset;
    }

    /// Obeys a command that was not obeyed before.
    void obey(ConsumerRecord<byte[], byte[]> record) {
        if (record.offset() >= commandOffset) {
            commandOffset = record.offset() + 1;
            commands.obey(record);
        }
    }

    /// Reads a while, judges what is there, and commits what has come of it.
    void step() {
        logs.poll(this::judge);
        if (serving.decisions() > committed || (judged && System.nanoTime() - committedAt >= COMMIT_NANOS)) {
            commit();
        }
    }

    private void judge(String owner, ConsumerRecord<byte[], byte[]> record) {
        judged = true;
        var body = read(record);
        if (!(body instanceof Block block)) {
            return;
        }
        var there = lineages.values().stream()
                .filter(lineage -> lineage.blocks.equals(owner))
                .toList();
        var predictions = new ArrayList<VersionPredictions>();
        var decoded = false;
        var number = judgements + 1;
        for (var lineage : there) {
            var newest = lineage.eligible(block);
            if (newest == null) {
                lineage.unscored += block.getCount();
                continue;
            }
            if (!decoded) {
                decode(block, newest, record);
                decoded = true;
            }
            if (serving.isLive(lineage)) {
                judgeLive(lineage, newest, number, record.offset(), predictions);
            } else if (isPaired(lineage) && caughtUp(lineage)) {
                lineage.predict(newest, batch, candidateValues);
                var by = new PairedContest.By(newest.manifest().getVersion(), JudgedAs.CANDIDATE);
                lineage.paired.candidate(by, batch, candidateValues);
            }
        }
        if (!predictions.isEmpty()) {
            judgeCandidates(there, block, number, record.offset(), predictions);
            write(judgement(number, record, predictions));
            judgedTime = Math.max(judgedTime, latest());
            pairServed(predictions);
            decideAll(there, number, record);
        }
        if (decoded) {
            settlePairs();
        }
        probe.processed(0, record.offset());
    }

    private static Object read(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Wire.decode(TrainRecord.getDecoder(), record.value()).getBody();
        } catch (IllegalArgumentException broken) {
            throw new RoleException(
                    record.topic() + " offset " + record.offset() + " is broken: " + broken.getMessage(), broken);
        }
    }

    private void decode(Block block, Model model, ConsumerRecord<byte[], byte[]> record) {
        try {
            var numbers = model.spec().numbers().stream()
                    .mapToInt(NumberFeature::index)
                    .toArray();
            batch = batches.computeIfAbsent(numbers.length, Examples::new);
            Blocks.decode(block, model.spec().learn().bits(), numbers, batch);
        } catch (IllegalArgumentException broken) {
            throw new RoleException(
                    record.topic() + " offset " + record.offset() + " is broken: " + broken.getMessage(), broken);
        }
    }

    /// The champion's lineage: its newest version, beside its anchor and what an operator has pinned.
    private void judgeLive(
            JudgedLineage lineage, Model newest, long number, long offset, List<VersionPredictions> predictions) {
        lineage.predict(newest, batch, newestValues);
        predictions.add(predicted(lineage, newest, JudgedAs.NEWEST, newestValues));
        var anchor = lineage.anchor;
        if (anchor != null) {
            lineage.predict(anchor, batch, anchorValues);
            predictions.add(predicted(lineage, anchor, JudgedAs.ANCHOR, anchorValues));
        }
        var pinned = serving.pinned();
        if (pinned != null) {
            lineage.predict(pinned, batch, pinnedValues);
            predictions.add(predicted(lineage, pinned, JudgedAs.PINNED, pinnedValues));
        }
        lineage.breaker.begin(number, offset);
        var served = served();
        for (var row = 0; row < batch.size; row++) {
            lineage.heldOut.add(served, row * outputs, batch.labels[row], batch.weights[row], batch.groups[row]);
            lineage.breaker.add(
                    newestValues,
                    anchorValues,
                    row * outputs,
                    outputs,
                    batch.labels[row],
                    batch.weights[row],
                    GateRecords.cluster(batch.groups[row]));
        }
    }

    /// What serves: its predictions of the block just judged.
    private float[] served() {
        return switch (serving.champion().getMode()) {
            case FOLLOW -> newestValues;
            case TRIPPED -> anchorValues;
            case PINNED -> pinnedValues;
        };
    }

    /// Whether it is a candidate whose blocks are not those that the champion is judged on.
    private boolean isPaired(JudgedLineage lineage) {
        var live = serving.live();
        return lineage.candidate && live != null && !serving.isLive(lineage) && !lineage.blocks.equals(live.blocks);
    }

    /// Shows what served the block just judged to the candidates that have other blocks.
    private void pairServed(List<VersionPredictions> predictions) {
        var as = servedAs();
        var version = predictions.stream()
                .filter(each -> each.getAs() == as)
                .mapToLong(VersionPredictions::getVersion)
                .findFirst()
                .orElseThrow();
        var by = new PairedContest.By(version, as);
        for (var lineage : lineages.values()) {
            if (isPaired(lineage) && caughtUp(lineage)) {
                lineage.paired.served(by, batch, served());
            }
        }
    }

    /// Compares what both sides have predicted by now, and promotes a candidate that has won.
    private void settlePairs() {
        for (var lineage : List.copyOf(lineages.values())) {
            var live = serving.live();
            if (live == null || !isPaired(lineage)) {
                continue;
            }
            var place = new PairedContest.Place(
                    live.lineage,
                    spec.topic(lineage.blocks, "validation"),
                    logs.blockOffset(lineage.blocks) - 1,
                    spec.topic(live.blocks, "validation"));
            var settled = lineage.paired.settle(place, judgements, latest());
            settled.forEach(this::write);
            if (!settled.isEmpty() && !serving.isPinned() && lineage.contest.isWon()) {
                promote(lineage, place.topic(), place.offset());
            }
        }
    }

    private void write(Judgement judgement) {
        judgements = judgement.getNumber();
        serving.outbox.add(new ProducerRecord<>(
                spec.topic("judgements"), 0, null, Wire.encode(Judgement.getEncoder(), judgement)));
    }

    private void judgeCandidates(
            List<JudgedLineage> there, Block block, long number, long offset, List<VersionPredictions> predictions) {
        for (var lineage : there) {
            if (!lineage.candidate || serving.isLive(lineage) || !caughtUp(lineage)) {
                continue;
            }
            var newest = lineage.eligible(block);
            if (newest == null) {
                continue;
            }
            lineage.predict(newest, batch, candidateValues);
            predictions.add(predicted(lineage, newest, JudgedAs.CANDIDATE, candidateValues));
            lineage.contest.begin(number, offset);
            var served = served();
            for (var row = 0; row < batch.size; row++) {
                lineage.contest.add(
                        served,
                        candidateValues,
                        row * outputs,
                        outputs,
                        batch.labels[row],
                        batch.weights[row],
                        GateRecords.cluster(batch.groups[row]));
            }
        }
    }

    /// Whether a candidate has learned what the champion had learned when the candidate came.
    private boolean caughtUp(JudgedLineage candidate) {
        var live = serving.live();
        var best = live == null ? null : live.newest();
        var own = candidate.newest();
        if (live == null || best == null || own == null) {
            return false;
        }
        if (candidate.target < 0) {
            candidate.target = learned(candidate, live, best);
        }
        return learned(candidate, live, own) >= candidate.target;
    }

    /// How much a version has learned: of one log its offset, and where each has a log of its own, the examples, which
    /// are the same in both.
    private static long learned(JudgedLineage candidate, JudgedLineage live, Model version) {
        var manifest = version.manifest();
        return candidate.blocks.equals(live.blocks) ? manifest.getLogOffset() : manifest.getExamples();
    }

    private VersionPredictions predicted(JudgedLineage lineage, Model model, JudgedAs as, float[] values) {
        return GateRecords.predictions(
                lineage.lineage, model.manifest().getVersion(), as, values, outputs * batch.size);
    }

    private Judgement judgement(
            long number, ConsumerRecord<byte[], byte[]> record, List<VersionPredictions> predictions) {
        return Judgement.newBuilder()
                .setNumber(number)
                .setTopic(record.topic())
                .setOffset(record.offset())
                .setEventTime(latest())
                .setCount(batch.size)
                .setLabels(GateRecords.pack(batch.labels, batch.size))
                .setWeights(GateRecords.weights(batch))
                .setClusters(GateRecords.clusters(batch))
                .setPredictions(predictions)
                .setServed(servedAs())
                .build();
    }

    private JudgedAs servedAs() {
        return switch (serving.champion().getMode()) {
            case FOLLOW -> JudgedAs.NEWEST;
            case TRIPPED -> JudgedAs.ANCHOR;
            case PINNED -> JudgedAs.PINNED;
        };
    }

    private long latest() {
        var latest = Long.MIN_VALUE;
        for (var row = 0; row < batch.size; row++) {
            latest = Math.max(latest, batch.times[row]);
        }
        return latest;
    }

    private void decideAll(List<JudgedLineage> there, long number, ConsumerRecord<byte[], byte[]> record) {
        for (var lineage : there) {
            if (serving.isLive(lineage)) {
                decideLive(lineage, number, record);
            } else if (lineage.candidate && !serving.isPinned() && lineage.contest.isWon()) {
                promote(lineage, record.topic(), record.offset());
            }
        }
    }

    private void decideLive(JudgedLineage live, long number, ConsumerRecord<byte[], byte[]> record) {
        var verdict = live.breaker.end(latest(), serving.isPinned());
        if (verdict == Verdict.NOTHING) {
            return;
        }
        var trial = live.breaker.evidence();
        var evidence =
                trial == null ? null : evidence(trial, live.lineage + "/newest", anchorName(live), number, record);
        switch (verdict) {
            case ANCHOR -> {
                var newest = Objects.requireNonNull(live.newest());
                serving.setAnchor(live, newest);
                serving.decide(DecisionKind.ANCHOR, live, null, "gate", anchorWhy(trial), evidence);
            }
            case TRIP -> {
                var why = "the newest versions are worse than " + anchorName(live) + " on groups never learned from";
                serving.serve(ChampionMode.TRIPPED, live, live.anchor, "gate", why);
                serving.decide(DecisionKind.TRIP, live, null, "gate", why, evidence);
            }
            case RECOVER -> {
                var why = "the newest versions are as good as " + anchorName(live) + " again";
                serving.serve(ChampionMode.FOLLOW, live, null, "gate", why);
                serving.decide(DecisionKind.RECOVER, live, null, "gate", why, evidence);
            }
            case NOTHING -> throw new IllegalStateException();
        }
        live.breaker.proceed(verdict);
    }

    private static String anchorWhy(@Nullable Trial trial) {
        if (trial == null) {
            return "the first after a window of validation examples";
        }
        return trial.sums().difference() > 0
                ? "the anchor before it was too old"
                : "no worse than the anchor before it";
    }

    private static String anchorName(JudgedLineage lineage) {
        return lineage.anchor == null ? lineage.lineage + "/none" : lineage.anchor.name();
    }

    private Evidence evidence(
            Trial trial, String first, String second, long number, ConsumerRecord<byte[], byte[]> record) {
        return GateRecords.evidence(trial, cost, first, second, record.topic(), number, record.offset());
    }

    private void promote(JudgedLineage winner, String topic, long offset) {
        var evidence = GateRecords.evidence(
                winner.contest.evidence(),
                cost,
                serving.champion().getLineage() + "/served",
                winner.lineage + "/newest",
                topic,
                judgements,
                offset);
        var why = winner.lineage + " is significantly better than "
                + serving.champion().getLineage();
        serving.promote(winner, "gate", why);
        serving.decide(DecisionKind.PROMOTE, winner, null, "gate", why, evidence);
    }

    private void commit() {
        producer.beginTransaction();
        probe.at(Probe.Moment.BEFORE);
        for (var record : serving.outbox) {
            CommitBuffer.send(producer, record);
            probe.at(Probe.Moment.BETWEEN);
        }
        CommitBuffer.send(
                producer,
                new ProducerRecord<>(
                        spec.topic("gate"), 0, GateRecords.KEY, Wire.encode(GateState.getEncoder(), state())));
        var metrics = servedMetrics();
        sendMetric(metrics);
        probe.at(Probe.Moment.SENT);
        probe.at(Probe.Moment.OFFSETS);
        producer.commitTransaction();
        serving.outbox.clear();
        judged = false;
        committed = serving.decisions();
        committedAt = System.nanoTime();
        report(metrics);
    }

    /// Held-out figures of what serves.
    private void sendMetric(Map<String, Double> metrics) {
        var live = serving.live();
        var newest = live == null ? null : live.newest();
        if (live == null || newest == null || live.heldOut.examples() == 0) {
            return;
        }
        var metric = Metric.newBuilder()
                .setLineage(live.lineage)
                .setSplit("validation")
                .setVersion(Objects.requireNonNullElse(
                        serving.champion().getVersion(), newest.manifest().getVersion()))
                .setLogOffset(logs.blockOffset(live.blocks))
                .setExamples(live.heldOut.examples())
                .setEventTime(judgedTime)
                .setValues(metrics)
                .build();
        CommitBuffer.send(
                producer,
                new ProducerRecord<>(
                        spec.topic(live.lineage, "metrics"), 0, null, Wire.encode(Metric.getEncoder(), metric)));
    }

    /// With the calibration table, where they are probabilities.
    private Map<String, Double> servedMetrics() {
        var live = serving.live();
        if (live == null) {
            return Map.of();
        }
        var all = new HashMap<>(live.heldOut.metrics());
        all.putAll(live.heldOut.calibration());
        return all;
    }

    private void report(Map<String, Double> metrics) {
        progress.update(new GateProgress.Snapshot(
                serving.champion(),
                serving.decisions(),
                judgements,
                logs.blockOffsets(),
                lineages.values().stream().mapToLong(each -> each.unscored).sum(),
                lineages.values().stream()
                        .mapToLong(each -> each.paired.dropped())
                        .sum(),
                Map.copyOf(metrics)));
    }

    private GateState state() {
        var saved = new ArrayList<LineageState>();
        for (var lineage : lineages.values()) {
            var kept = new HashMap<String, Integer>();
            lineage.kept.forEach((version, chunks) -> kept.put(Long.toString(version), chunks));
            saved.add(LineageState.newBuilder()
                    .setLineage(lineage.lineage)
                    .setBlocks(lineage.blocks)
                    .setTopicId(logs.topicId(lineage.blocks))
                    .setBlockOffset(logs.blockOffset(lineage.blocks))
                    .setAnchor(
                            lineage.anchor == null
                                    ? null
                                    : lineage.anchor.manifest().getVersion())
                    .setKept(kept)
                    .setSums(lineage.breaker.state())
                    .setMetrics(lineage.heldOut.state())
                    .setCandidate(lineage.candidate)
                    .setTarget(lineage.target)
                    .setContest(lineage.contest.state())
                    .setUnscored(lineage.unscored)
                    .build());
        }
        return new GateState(serving.decisions(), judgements, commandOffset, serving.champion(), saved);
    }

    @Override
    public void close() {
        logs.close();
    }
}
