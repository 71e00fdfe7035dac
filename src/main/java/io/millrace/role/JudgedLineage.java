package io.millrace.role;

import io.millrace.evaluate.Breaker;
import io.millrace.evaluate.Contest;
import io.millrace.evaluate.HeldOut;
import io.millrace.evaluate.Outcome;
import io.millrace.event.Wire;
import io.millrace.feature.Examples;
import io.millrace.learn.Scoring;
import io.millrace.model.Model;
import io.millrace.model.VersionReader;
import io.millrace.schema.Block;
import io.millrace.schema.VersionRecord;
import io.millrace.spec.Spec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A lineage as the gate sees it: its versions in their order, and which of them may predict a block.
///
/// No look ahead: a version may predict a block only if it had learned less than the block's first offset of that
/// source partition. Of those that were read by then, the newest does.
final class JudgedLineage {
    private static final Logger log = LoggerFactory.getLogger(JudgedLineage.class);

    /// Versions older than the newest that a late block may still need.
    private static final int RECENT = 8;

    /// Versions that may wait for the blocks before them.
    private static final int MOST_AHEAD = 64;

    final String lineage;
    /// The lineage whose validation blocks it is judged on.
    final String blocks;
    final Breaker breaker;
    /// Its comparison with the champion, while it is a candidate.
    final Contest contest;
    /// The same where its blocks are not those that the champion is judged on.
    final PairedContest paired;
    /// Chunks of each version written whole to the kept topic.
    final Map<Long, Integer> kept = new TreeMap<>();

    @Nullable
    Model anchor;
    /// Whether the gate may promote it.
    boolean candidate;
    /// How far it must have learned to be compared with the champion, see [Gate#learned]; -1 while unknown.
    long target = -1;
    /// Examples that no version may predict.
    long unscored;

    private final VersionReader reader = new VersionReader();
    private final Deque<Model> ahead = new ArrayDeque<>();
    private final Deque<Model> recent = new ArrayDeque<>();
    private @Nullable Scoring scoring;
    private @Nullable Spec spec;

    /// Metrics of what served while it was the champion's.
    final HeldOut heldOut;

    /// @param outcome of what it predicts
    JudgedLineage(String lineage, String blocks, Breaker.Rule rule, Outcome outcome) {
        this.lineage = lineage;
        this.blocks = blocks;
        breaker = new Breaker(rule);
        contest = new Contest(rule);
        paired = new PairedContest(lineage, contest, outcome.outputs());
        heldOut = outcome.heldOut();
    }

    /// From here on it is compared with another champion, or anew.
    void beginContest() {
        contest.reset();
        paired.clear();
        target = -1;
    }

    /// Reads a record of the versions topic.
    void read(ConsumerRecord<byte[], byte[]> record) {
        var before = reader.refused();
        try {
            var model = reader.accept(Wire.decode(VersionRecord.getDecoder(), record.value()));
            if (model != null) {
                ahead.add(model);
            }
        } catch (IllegalArgumentException broken) {
            reader.refuse("no version record: " + broken.getMessage());
        }
        if (reader.refused() > before) {
            log.atError()
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("reason", reader.reason())
                    .log("version refused");
        }
    }

    boolean isFull() {
        return ahead.size() >= MOST_AHEAD;
    }

    boolean isWaiting() {
        return !ahead.isEmpty();
    }

    /// Every block before the versions that wait has been judged: they may predict the next one.
    void catchUp() {
        while (!ahead.isEmpty()) {
            adopt();
        }
    }

    private void adopt() {
        var model = ahead.remove();
        recent.addFirst(model);
        if (recent.size() > RECENT) {
            recent.removeLast();
        }
    }

    /// The newest version, or null before the first.
    @Nullable
    Model newest() {
        return recent.peekFirst();
    }

    /// The newest version that may predict a block; null where none may.
    @Nullable
    Model eligible(Block block) {
        while (!ahead.isEmpty() && ahead.element().mayPredict(block)) {
            adopt();
        }
        for (var model : recent) {
            if (model.mayPredict(block)) {
                return model;
            }
        }
        return null;
    }

    /// A version by its number, if it is still at hand.
    @Nullable
    Model recent(long version) {
        for (var model : recent) {
            if (model.manifest().getVersion() == version) {
                return model;
            }
        }
        return anchor != null && anchor.manifest().getVersion() == version ? anchor : null;
    }

    /// Predicts every example of a block.
    ///
    /// @param into becomes the predictions, one after the other; it may be longer
    void predict(Model model, Examples block, float[] into) {
        var scoring = scoring(model.spec());
        var scalers = model.manifest().getScalers();
        for (var row = 0; row < block.size; row++) {
            var prediction = scoring.predict(block, row, model, scalers);
            System.arraycopy(prediction, 0, into, row * prediction.length, prediction.length);
        }
    }

    private Scoring scoring(Spec wanted) {
        if (scoring == null || !wanted.equals(spec)) {
            spec = wanted;
            scoring = new Scoring(wanted.learn(), wanted.numbers());
        }
        return scoring;
    }
}
