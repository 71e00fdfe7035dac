package io.millrace.role;

import io.millrace.evaluate.Breaker;
import io.millrace.evaluate.Breaker.Verdict;
import io.millrace.evaluate.PointLoss;
import io.millrace.evaluate.Trial;
import io.millrace.event.Wire;
import io.millrace.feature.Examples;
import io.millrace.feature.NumberFeature;
import io.millrace.model.ChampionFollower;
import io.millrace.model.Committed;
import io.millrace.model.KeptVersions;
import io.millrace.model.Model;
import io.millrace.schema.Block;
import io.millrace.schema.Champion;
import io.millrace.schema.ChampionMode;
import io.millrace.schema.Command;
import io.millrace.schema.Decision;
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
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// The active gate: judges every validation block once, on arrival, obeys operators, and says what serves. It goes on
/// from the last committed state; what it writes about a block (judgement, decision, champion, kept versions, its own
/// state) leaves in one transaction. One thread.
final class Gate implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Gate.class);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final long COMMIT_NANOS = Duration.ofMillis(500).toNanos();

    private final Spec spec;
    private final Map<String, Object> client;
    private final Probe probe;
    private final GateProgress progress;
    private final PointLoss loss;
    private final Breaker.Rule rule;
    private final Producer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> data;
    private final Examples batch;
    private final List<ProducerRecord<byte[], byte[]>> outbox = new ArrayList<>();
    private final Map<String, JudgedLineage> lineages = new LinkedHashMap<>();
    /// Next block of each validation topic, by the lineage that owns it.
    private final Map<String, Long> blockOffsets = new HashMap<>();
    private final Map<String, String> topicIds = new HashMap<>();
    /// Ends of the versions topics that are not read yet as far as they were at first, by lineage.
    private final Map<String, Long> behind = new HashMap<>();

    private Champion champion;
    private @Nullable Model pinned;
    private long decisions;
    private long judgements;
    private long commandOffset;
    private long judgedTime;
    private boolean judged;
    private boolean decided;
    private long committedAt;

    private final float[] newestValues = new float[Blocks.CAPACITY];
    private final float[] anchorValues = new float[Blocks.CAPACITY];
    private final float[] pinnedValues = new float[Blocks.CAPACITY];
    private final float[] candidateValues = new float[Blocks.CAPACITY];

    /// @param state the last one committed, or null before the first
    /// @param producer with its transactions initialised
    Gate(
            Spec spec,
            RoleSettings settings,
            @Nullable GateState state,
            Producer<byte[], byte[]> producer,
            Probe probe,
            GateProgress progress) {
        this.spec = spec;
        this.producer = producer;
        this.probe = probe;
        this.progress = progress;
        client = settings.client();
        loss = GateRecords.loss(spec);
        var gate = spec.gate();
        rule = new Breaker.Rule(
                loss,
                gate.tolerance(),
                gate.confidence(),
                gate.window(),
                gate.anchor().toMillis());
        batch = new Examples(spec.numbers().size());
        champion = ChampionFollower.undecided(settings.lineage());
        data = Committed.consumer(client, "none");
        if (state == null) {
            add(new JudgedLineage(settings.lineage(), settings.lineage(), rule), 0);
        } else {
            restore(state);
        }
        assign();
        report(servedMetrics());
    }

    private void restore(GateState state) {
        champion = state.getChampion();
        decisions = state.getDecisions();
        judgements = state.getJudgements();
        commandOffset = state.getCommandOffset();
        for (var saved : state.getLineages()) {
            var lineage = new JudgedLineage(saved.getLineage(), saved.getBlocks(), rule);
            lineage.breaker.restore(saved.getSums());
            lineage.contest.restore(saved.getContest());
            lineage.heldOut.restore(saved.getMetrics());
            lineage.candidate = saved.getCandidate();
            lineage.target = saved.getTarget();
            lineage.unscored = saved.getUnscored();
            saved.getKept().forEach((version, chunks) -> lineage.kept.put(Long.valueOf(version), chunks));
            if (saved.getAnchor() != null) {
                lineage.anchor = kept(saved.getLineage(), saved.getAnchor());
            }
            add(lineage, saved.getBlockOffset());
            checkTopic(saved.getBlocks(), saved.getTopicId());
        }
        if (champion.getMode() == ChampionMode.PINNED) {
            pinned = kept(champion.getLineage(), Objects.requireNonNull(champion.getVersion()));
        }
    }

    private Model kept(String lineage, long version) {
        return find(lineage, version)
                .orElseThrow(() -> new RoleException(spec.topic(lineage, "kept") + " no longer holds " + lineage + "/"
                        + version + ", which the gate needs to go back to. Restore the topic, or delete "
                        + spec.topic("gate") + " to begin anew"));
    }

    private Optional<Model> find(String lineage, long version) {
        return KeptVersions.find(client, spec.topic(lineage, "kept"), spec.topic(lineage, "versions"), version);
    }

    private void checkTopic(String blocks, String expected) {
        var found = topicIds.get(blocks);
        if (!expected.equals(found)) {
            throw new RoleException(spec.topic(blocks, "validation") + " has id " + found + ": expected " + expected
                    + ". The topic was made anew; delete " + spec.topic("gate")
                    + " to judge from its beginning, or start a new lineage with --lineage");
        }
    }

    private void add(JudgedLineage lineage, long blockOffset) {
        lineages.put(lineage.lineage, lineage);
        blockOffsets.putIfAbsent(lineage.blocks, blockOffset);
        topicIds.computeIfAbsent(lineage.blocks, blocks -> Offsets.topicId(client, spec.topic(blocks, "validation")));
    }

    /// Begins to read what the lineages need; versions from the oldest that is left.
    private void assign() {
        var wanted = new TreeMap<String, TopicPartition>();
        for (var lineage : lineages.values()) {
            wanted.put(lineage.blocks + " blocks", partition(lineage.blocks, "validation"));
            wanted.put(lineage.lineage + " versions", partition(lineage.lineage, "versions"));
        }
        var had = data.assignment();
        data.assign(wanted.values());
        for (var lineage : lineages.values()) {
            var versions = partition(lineage.lineage, "versions");
            if (!had.contains(versions)) {
                data.seekToBeginning(List.of(versions));
                behind.put(lineage.lineage, data.endOffsets(List.of(versions)).get(versions));
            }
            var blocks = partition(lineage.blocks, "validation");
            if (!had.contains(blocks)) {
                data.seek(blocks, Objects.requireNonNull(blockOffsets.get(lineage.blocks)));
            }
        }
    }

    private TopicPartition partition(String lineage, String word) {
        return new TopicPartition(spec.topic(lineage, word), 0);
    }

    /// Where in the commands topic it goes on.
    long commandOffset() {
        return commandOffset;
    }

    /// Reads a while, judges what is there, and commits what has come of it.
    void step() {
        pauseFull();
        holdBlocks();
        try {
            var records = data.poll(POLL);
            for (var lineage : lineages.values()) {
                records.records(partition(lineage.lineage, "versions")).forEach(lineage::read);
            }
            var blocks = 0;
            for (var owner : List.copyOf(blockOffsets.keySet())) {
                for (var record : records.records(partition(owner, "validation"))) {
                    judge(owner, record);
                    blocks++;
                }
            }
            if (blocks == 0) {
                catchUp();
            }
        } catch (InvalidOffsetException gone) {
            goOn(gone);
        }
        if (decided || (judged && System.nanoTime() - committedAt >= COMMIT_NANOS)) {
            commit();
        }
    }

    /// Versions may be deleted before they are read; blocks never are.
    private void goOn(InvalidOffsetException gone) {
        for (var partition : gone.partitions()) {
            if (!partition.topic().endsWith(".versions")) {
                throw new RoleException(partition + " does not hold offset " + data.position(partition)
                        + " any more: blocks that were not judged are lost. Delete " + spec.topic("gate")
                        + " to judge from what is there, or start a new lineage with --lineage");
            }
            data.seekToBeginning(List.of(partition));
        }
    }

    /// Blocks wait until the versions that were there when a lineage was first looked at are read: else they would find
    /// none that may predict them.
    private void holdBlocks() {
        behind.entrySet().removeIf(entry -> {
            var lineage = lineages.get(entry.getKey());
            return lineage == null
                    || lineage.isFull()
                    || data.position(partition(entry.getKey(), "versions")) >= entry.getValue();
        });
        for (var lineage : lineages.values()) {
            var blocks = List.of(partition(lineage.blocks, "validation"));
            if (behind.isEmpty()) {
                data.resume(blocks);
            } else {
                data.pause(blocks);
            }
        }
    }

    private void pauseFull() {
        for (var lineage : lineages.values()) {
            var versions = List.of(partition(lineage.lineage, "versions"));
            if (lineage.isFull()) {
                data.pause(versions);
            } else {
                data.resume(versions);
            }
        }
    }

    /// Where no block is left to read, versions that wait are the newest.
    private void catchUp() {
        for (var lineage : lineages.values()) {
            if (!lineage.isWaiting()) {
                continue;
            }
            var blocks = partition(lineage.blocks, "validation");
            long end = Objects.requireNonNull(data.endOffsets(List.of(blocks)).get(blocks));
            if (data.position(blocks) >= end) {
                lineage.catchUp();
            }
        }
    }

    private void judge(String owner, ConsumerRecord<byte[], byte[]> record) {
        blockOffsets.put(owner, record.offset() + 1);
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
            if (lineage.lineage.equals(champion.getLineage())) {
                judgeLive(lineage, newest, number, record.offset(), predictions);
            }
        }
        if (!predictions.isEmpty()) {
            judgeCandidates(there, block, number, record.offset(), predictions);
            judgements = number;
            outbox.add(new ProducerRecord<>(
                    spec.topic("judgements"),
                    0,
                    null,
                    Wire.encode(Judgement.getEncoder(), judgement(number, record, predictions))));
            judgedTime = Math.max(judgedTime, latest());
            decideAll(there, number, record);
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
        if (pinned != null) {
            lineage.predict(pinned, batch, pinnedValues);
            predictions.add(predicted(lineage, pinned, JudgedAs.PINNED, pinnedValues));
        }
        lineage.breaker.begin(number, offset);
        var served = served();
        for (var row = 0; row < batch.size; row++) {
            lineage.heldOut.add(served[row], batch.labels[row], batch.weights[row], batch.groups[row]);
            lineage.breaker.add(
                    newestValues[row],
                    anchorValues[row],
                    batch.labels[row],
                    batch.weights[row],
                    GateRecords.cluster(batch.groups[row]));
        }
    }

    /// What serves: its predictions of the block just judged.
    private float[] served() {
        return switch (champion.getMode()) {
            case FOLLOW -> newestValues;
            case TRIPPED -> anchorValues;
            case PINNED -> pinnedValues;
        };
    }

    private void judgeCandidates(
            List<JudgedLineage> there, Block block, long number, long offset, List<VersionPredictions> predictions) {
        for (var lineage : there) {
            if (!lineage.candidate || lineage.lineage.equals(champion.getLineage()) || !caughtUp(lineage)) {
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
                        served[row],
                        candidateValues[row],
                        batch.labels[row],
                        batch.weights[row],
                        GateRecords.cluster(batch.groups[row]));
            }
        }
    }

    /// Whether a candidate has learned what the champion had learned when the candidate came.
    private boolean caughtUp(JudgedLineage candidate) {
        var live = lineages.get(champion.getLineage());
        var best = live == null ? null : live.newest();
        var own = candidate.newest();
        if (best == null || own == null) {
            return false;
        }
        if (candidate.target < 0) {
            candidate.target = best.manifest().getLogOffset();
        }
        return own.manifest().getLogOffset() >= candidate.target;
    }

    private VersionPredictions predicted(JudgedLineage lineage, Model model, JudgedAs as, float[] values) {
        return GateRecords.predictions(lineage.lineage, model.manifest().getVersion(), as, values, batch.size);
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
        return switch (champion.getMode()) {
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
            if (lineage.lineage.equals(champion.getLineage())) {
                decideLive(lineage, number, record);
            } else if (lineage.candidate && champion.getMode() != ChampionMode.PINNED && lineage.contest.isWon()) {
                promote(lineage, number, record);
            }
        }
    }

    private void decideLive(JudgedLineage live, long number, ConsumerRecord<byte[], byte[]> record) {
        var verdict = live.breaker.end(latest(), champion.getMode() == ChampionMode.PINNED);
        if (verdict == Verdict.NOTHING) {
            return;
        }
        var trial = live.breaker.evidence();
        var evidence =
                trial == null ? null : evidence(trial, live.lineage + "/newest", anchorName(live), number, record);
        switch (verdict) {
            case ANCHOR -> {
                var newest = Objects.requireNonNull(live.newest());
                setAnchor(live, newest);
                decide(DecisionKind.ANCHOR, null, "gate", "no worse than the anchor before it", evidence);
            }
            case TRIP -> {
                var why = "the newest versions are worse than " + anchorName(live) + " on groups never learned from";
                serve(ChampionMode.TRIPPED, live, live.anchor, "gate", why);
                decide(DecisionKind.TRIP, null, "gate", why, evidence);
            }
            case RECOVER -> {
                var why = "the newest versions are as good as " + anchorName(live) + " again";
                serve(ChampionMode.FOLLOW, live, null, "gate", why);
                decide(DecisionKind.RECOVER, null, "gate", why, evidence);
            }
            case NOTHING -> throw new IllegalStateException();
        }
        live.breaker.proceed(verdict);
    }

    private static String anchorName(JudgedLineage lineage) {
        return lineage.anchor == null ? lineage.lineage + "/none" : lineage.anchor.name();
    }

    private Evidence evidence(
            Trial trial, String first, String second, long number, ConsumerRecord<byte[], byte[]> record) {
        return GateRecords.evidence(trial, loss, first, second, record.topic(), number, record.offset());
    }

    private void promote(JudgedLineage winner, long number, ConsumerRecord<byte[], byte[]> record) {
        var evidence = evidence(
                winner.contest.evidence(),
                champion.getLineage() + "/served",
                winner.lineage + "/newest",
                number,
                record);
        var why = winner.lineage + " is significantly better than " + champion.getLineage();
        promote(winner, "gate", why);
        decide(DecisionKind.PROMOTE, null, "gate", why, evidence);
    }

    private void promote(JudgedLineage winner, String by, String why) {
        winner.candidate = false;
        winner.contest.reset();
        winner.breaker.restart(false);
        serve(ChampionMode.FOLLOW, winner, null, by, why);
    }

    /// From here on this serves.
    private void serve(ChampionMode mode, JudgedLineage lineage, @Nullable Model version, String by, String why) {
        var before = pinned;
        champion = new Champion(
                lineage.lineage,
                mode,
                version == null ? null : version.manifest().getVersion(),
                by,
                why,
                decisions + 1);
        pinned = mode == ChampionMode.PINNED ? version : null;
        if (pinned != null) {
            keep(lineage, pinned);
        }
        if (before != null && before != pinned) {
            var old = lineages.get(before.manifest().getLineage());
            if (old != null) {
                dropUnneeded(old);
            }
        }
        outbox.add(new ProducerRecord<>(
                spec.topic("champion"), 0, GateRecords.KEY, Wire.encode(Champion.getEncoder(), champion)));
    }

    private void setAnchor(JudgedLineage lineage, Model anchor) {
        lineage.anchor = anchor;
        keep(lineage, anchor);
        dropUnneeded(lineage);
    }

    /// Writes a version whole, so that it outlives the versions topic.
    private void keep(JudgedLineage lineage, Model model) {
        var version = model.manifest().getVersion();
        if (!lineage.kept.containsKey(version)) {
            var records = KeptVersions.keep(spec.topic(lineage.lineage, "kept"), model);
            outbox.addAll(records);
            lineage.kept.put(version, records.size() - 1);
        }
    }

    private void dropUnneeded(JudgedLineage lineage) {
        lineage.kept.entrySet().removeIf(entry -> {
            var needed = is(lineage.anchor, lineage, entry.getKey()) || is(pinned, lineage, entry.getKey());
            if (!needed) {
                outbox.addAll(KeptVersions.drop(spec.topic(lineage.lineage, "kept"), entry.getKey(), entry.getValue()));
            }
            return !needed;
        });
    }

    private static boolean is(@Nullable Model model, JudgedLineage lineage, long version) {
        return model != null
                && model.manifest().getLineage().equals(lineage.lineage)
                && model.manifest().getVersion() == version;
    }

    private void decide(
            DecisionKind kind, @Nullable String command, String by, String why, @Nullable Evidence evidence) {
        decisions++;
        decided = true;
        var live = lineages.get(champion.getLineage());
        var anchor = live == null || live.anchor == null
                ? null
                : live.anchor.manifest().getVersion();
        var decision = Decision.newBuilder()
                .setNumber(decisions)
                .setKind(kind)
                .setTime(System.currentTimeMillis())
                .setCommand(command)
                .setBy(by)
                .setWhy(why)
                .setChampion(champion)
                .setAnchor(anchor)
                .setEvidence(evidence)
                .build();
        outbox.add(
                new ProducerRecord<>(spec.topic("decisions"), 0, null, Wire.encode(Decision.getEncoder(), decision)));
        log.atLevel(level(kind))
                .addKeyValue("decision", decisions)
                .addKeyValue("kind", kind)
                .addKeyValue("by", by)
                .addKeyValue("why", why)
                .log("decided");
    }

    private static Level level(DecisionKind kind) {
        return switch (kind) {
            case TRIP -> Level.WARN;
            case ANCHOR -> Level.DEBUG; // a new one comes as a matter of course
            default -> Level.INFO;
        };
    }

    /// Obeys, or refuses with a reason. Every command gets one decision.
    void obey(ConsumerRecord<byte[], byte[]> record) {
        if (record.offset() < commandOffset) {
            return;
        }
        commandOffset = record.offset() + 1;
        judged = true;
        Command command;
        try {
            command = Wire.decode(Command.getDecoder(), record.value());
        } catch (IllegalArgumentException broken) {
            decide(
                    DecisionKind.REFUSE,
                    null,
                    "gate",
                    record.topic() + " offset " + record.offset() + " is no command: " + broken.getMessage(),
                    null);
            return;
        }
        try {
            obey(command);
        } catch (Refusal refused) {
            decide(DecisionKind.REFUSE, command.getId(), command.getBy(), String.valueOf(refused.getMessage()), null);
        }
    }

    /// Why a command can't be obeyed.
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1;

        Refusal(String why) {
            super(why);
        }
    }

    private void obey(Command command) {
        switch (command.getKind()) {
            case PIN, ROLLBACK -> pin(command);
            case RESUME -> resume(command);
            case PROMOTE -> promote(command);
            case CANDIDATE -> candidate(command);
            case STOP -> stop(command);
        }
    }

    private void pin(Command command) {
        var lineage = judged(command.getLineage());
        var version = command.getVersion();
        Model model;
        if (version == null) {
            model = lineage.anchor;
            if (model == null) {
                throw new Refusal(lineage.lineage
                        + " has no anchor yet, a version that was good for a window of validation examples: name a version,"
                        + " such as " + lineage.lineage + "/1");
            }
        } else {
            model = lineage.recent(version);
            model = model != null
                    ? model
                    : find(lineage.lineage, version)
                            .orElseThrow(
                                    () -> new Refusal(
                                            lineage.lineage + "/" + version
                                                    + " is neither in the versions topic nor kept: `millrace models list` shows what is"));
        }
        serve(ChampionMode.PINNED, lineage, model, command.getBy(), command.getWhy());
        lineage.breaker.restart(false);
        answer(command, DecisionKind.valueOf(command.getKind().name()));
    }

    private void resume(Command command) {
        var lineage = judged(champion.getLineage());
        serve(ChampionMode.FOLLOW, lineage, null, command.getBy(), command.getWhy());
        lineage.breaker.restart(false);
        answer(command, DecisionKind.RESUME);
    }

    private void promote(Command command) {
        var name = Objects.requireNonNullElse(command.getLineage(), "");
        var lineage = lineages.get(name);
        if (KeptVersions.newest(client, existing(name, "versions")).isEmpty()) {
            throw new Refusal(name + " has no version yet: nothing would serve");
        }
        if (lineage == null) {
            lineage = new JudgedLineage(name, Objects.requireNonNullElse(command.getBlocks(), name), rule);
            var blocks = partition(lineage.blocks, "validation");
            existing(lineage.blocks, "validation");
            // what was there before it served is not its to answer for
            add(lineage, Objects.requireNonNull(data.endOffsets(List.of(blocks)).get(blocks)));
            assign();
        }
        promote(lineage, command.getBy(), command.getWhy());
        answer(command, DecisionKind.PROMOTE);
    }

    /// The name of a topic of a lineage that is there.
    private String existing(String lineage, String word) {
        var topic = spec.topic(lineage, word);
        var infos = lineage.isEmpty() ? List.of() : data.partitionsFor(topic);
        if (infos == null || infos.isEmpty()) {
            throw new Refusal("lineage " + lineage + " is not there: expected a topic " + topic);
        }
        return topic;
    }

    private void candidate(Command command) {
        var name = Objects.requireNonNullElse(command.getLineage(), "");
        if (name.equals(champion.getLineage())) {
            throw new Refusal(name + " serves already");
        }
        var blocks = Objects.requireNonNullElse(command.getBlocks(), name);
        if (!blocks.equals(champion.getLineage()) && !blocks.equals(judged(null).blocks)) {
            throw new Refusal("not comparable: " + name + " reads the blocks of " + blocks + ", but "
                    + champion.getLineage() + " is judged on those of " + judged(null).blocks);
        }
        var lineage = lineages.get(name);
        if (lineage == null) {
            lineage = new JudgedLineage(name, judged(null).blocks, rule);
            add(lineage, Objects.requireNonNull(blockOffsets.get(lineage.blocks)));
            assign();
        }
        lineage.candidate = true;
        lineage.target = -1;
        lineage.contest.reset();
        answer(command, DecisionKind.CANDIDATE);
    }

    private void stop(Command command) {
        var lineage = judged(command.getLineage());
        if (lineage.lineage.equals(champion.getLineage())) {
            throw new Refusal(lineage.lineage + " serves: promote another lineage first");
        }
        lineages.remove(lineage.lineage);
        lineage.kept.forEach((version, chunks) ->
                outbox.addAll(KeptVersions.drop(spec.topic(lineage.lineage, "kept"), version, chunks)));
        assign();
        answer(command, DecisionKind.STOP);
    }

    private JudgedLineage judged(@Nullable String name) {
        var wanted = Objects.requireNonNullElse(name, champion.getLineage());
        var found = lineages.get(wanted);
        if (found == null) {
            throw new Refusal("lineage " + wanted + " is not known to the gate: expected one of "
                    + String.join(", ", lineages.keySet()));
        }
        return found;
    }

    private void answer(Command command, DecisionKind kind) {
        decide(kind, command.getId(), command.getBy(), command.getWhy(), null);
    }

    private void commit() {
        producer.beginTransaction();
        probe.at(Probe.Moment.BEFORE);
        for (var record : outbox) {
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
        outbox.clear();
        judged = false;
        decided = false;
        committedAt = System.nanoTime();
        report(metrics);
    }

    /// Held-out figures of what serves.
    private void sendMetric(Map<String, Double> metrics) {
        var live = lineages.get(champion.getLineage());
        var newest = live == null ? null : live.newest();
        if (live == null || newest == null || live.heldOut.examples() == 0) {
            return;
        }
        var metric = Metric.newBuilder()
                .setLineage(live.lineage)
                .setSplit("validation")
                .setVersion(Objects.requireNonNullElse(
                        champion.getVersion(), newest.manifest().getVersion()))
                .setLogOffset(Objects.requireNonNull(blockOffsets.get(live.blocks)))
                .setExamples(live.heldOut.examples())
                .setEventTime(judgedTime)
                .setValues(metrics)
                .build();
        CommitBuffer.send(
                producer,
                new ProducerRecord<>(
                        spec.topic(live.lineage, "metrics"), 0, null, Wire.encode(Metric.getEncoder(), metric)));
    }

    private Map<String, Double> servedMetrics() {
        var live = lineages.get(champion.getLineage());
        return live == null ? Map.of() : live.heldOut.metrics();
    }

    private void report(Map<String, Double> metrics) {
        progress.update(new GateProgress.Snapshot(
                champion,
                decisions,
                judgements,
                Map.copyOf(blockOffsets),
                lineages.values().stream().mapToLong(each -> each.unscored).sum(),
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
                    .setTopicId(Objects.requireNonNull(topicIds.get(lineage.blocks)))
                    .setBlockOffset(Objects.requireNonNull(blockOffsets.get(lineage.blocks)))
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
        return new GateState(decisions, judgements, commandOffset, champion, saved);
    }

    @Override
    public void close() {
        data.close();
    }
}
