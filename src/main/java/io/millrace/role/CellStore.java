package io.millrace.role;

import io.millrace.event.Wire;
import io.millrace.kernel.KernelChoice;
import io.millrace.learn.Cells;
import io.millrace.learn.GroupFolds;
import io.millrace.learn.Trainer;
import io.millrace.model.CellCodec;
import io.millrace.schema.StateGroups;
import io.millrace.schema.StateHeader;
import io.millrace.schema.StatePage;
import io.millrace.schema.StateRecord;
import io.millrace.spec.Spec;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;

/// All learned state of a trainer as a state store: in memory, restored from its changelog, which the [TrainStep]
/// writes through
/// the commit hook. So standbys, migration and restarts are Streams' own.
///
/// A record of the changelog is a page of cells, one of groups and their folds, or the header; restoring one twice
/// changes nothing.
final class CellStore implements StateStore {
    static final String NAME = "cells";
    private static final int HEADER = -1;
    /// That of the first page of groups; the next ones go down from there.
    private static final int GROUPS = -2;

    private final long specHash;
    private final String lineage;
    private final String topic;
    private final String topicId;
    private final String changelog;
    private final Trainer trainer;
    private boolean open;
    /// Groups that the changelog has.
    private int groupsSaved;

    /// Digest that the last header gives.
    private long headerDigest;

    /// Offset in the train topic after the last block learned.
    long logOffset;
    /// Last source offset learned, by topic-partition.
    final Map<String, Long> sources = new HashMap<>();
    /// Last version published; 0 before the first.
    long version;
    /// Whether examples were learned after that version.
    boolean unpublished;
    /// Offset in the versions topic where a keyframe begins, by version.
    final TreeMap<Long, Long> keyframes = new TreeMap<>();

    /// @param topic of the blocks that are learned
    /// @param topicId of that topic
    CellStore(Spec spec, String lineage, String topic, String topicId, KernelChoice kernel) {
        specHash = spec.hash();
        this.lineage = lineage;
        this.topic = topic;
        this.topicId = topicId;
        changelog = changelog(spec, lineage);
        trainer = new Trainer(spec.learn(), spec.numbers(), kernel.kernel());
    }

    /// Streams names it so.
    static String changelog(Spec spec, String lineage) {
        return spec.topic(lineage, "train") + "-" + NAME + "-changelog";
    }

    Trainer trainer() {
        return trainer;
    }

    /// Called when restoring has ended: not before, for a standby sees pages and header one after the other.
    ///
    /// @throws RoleException if pages and header are not of one moment
    void checkDigest() {
        var digest = trainer.digest();
        if (digest != headerDigest) {
            throw new RoleException(changelog + " gives cells of digest " + LogOpening.hex(digest) + ": expected "
                    + LogOpening.hex(headerDigest)
                    + ", as its header says. Some of it was lost; start a new lineage with --lineage");
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        trainer.reset();
        headerDigest = trainer.digest(); // layers begin with what is not 0
        groupsSaved = 0;
        logOffset = 0;
        sources.clear();
        version = 0;
        unpublished = false;
        keyframes.clear();
        open = true;
        context.register(root, this::restore);
    }

    private void restore(byte[] key, byte[] value) {
        try {
            restore(Wire.decode(StateRecord.getDecoder(), value).getBody());
        } catch (IllegalArgumentException broken) {
            throw new RoleException(changelog + " holds a broken record: " + broken.getMessage(), broken);
        }
    }

    private void restore(Object body) {
        if (body instanceof StatePage page) {
            CellCodec.decode(page, trainer.cells());
        } else if (body instanceof StateGroups page) {
            restore(page);
        } else if (body instanceof StateHeader header) {
            restore(header);
        } else {
            throw new RoleException(changelog + ": a record of kind " + body
                    + ": expected a page of cells, one of groups, or a header");
        }
    }

    private void restore(StateGroups page) {
        var groups = trainer.groups()
                .orElseThrow(() -> new RoleException(changelog + " has folds of groups: expected none, as learn.lanes"
                        + " deals no groups to folds"));
        groups.restore(page);
        groupsSaved = groups.size();
    }

    private void restore(StateHeader header) {
        if (header.getSpecHash() != specHash || !header.getLineage().equals(lineage)) {
            throw new RoleException(changelog + " was learned by spec " + LogOpening.hex(header.getSpecHash())
                    + ": expected " + LogOpening.hex(specHash)
                    + ". The spec has changed; go back to the old one, or start a new lineage with --lineage");
        }
        if (!header.getTopicId().equals(topicId)) {
            throw new RoleException(changelog + " was learned from a topic " + topic + " with id " + header.getTopicId()
                    + ": found " + topicId + ". The topic was made anew; start a new lineage with --lineage");
        }
        trainer.restore(header.getTrainer());
        logOffset = header.getLogOffset();
        sources.clear();
        sources.putAll(header.getSources());
        version = header.getVersion();
        headerDigest = header.getDigest();
        unpublished = header.getUnpublished();
        keyframes.clear();
        header.getKeyframes().forEach((number, offset) -> keyframes.put(Long.valueOf(number), offset));
    }

    /// Sends every page that changed since the last time, groups that are new, then the header.
    ///
    /// @param timestamp of the last record learned
    void save(Producer<byte[], byte[]> producer, int partition, long timestamp) {
        var cells = trainer.cells();
        for (var page = 0; page < cells.pages(); page++) {
            if (cells.changed(page, Cells.STORE)) {
                cells.seen(page, Cells.STORE);
                send(producer, partition, timestamp, page, new StateRecord(CellCodec.encode(cells, page)));
            }
        }
        trainer.groups().filter(groups -> groups.size() > groupsSaved).ifPresent(groups -> {
            for (var page = groupsSaved / GroupFolds.PAGE; page * GroupFolds.PAGE < groups.size(); page++) {
                send(producer, partition, timestamp, GROUPS - page, new StateRecord(groups.page(page)));
            }
            groupsSaved = groups.size();
        });
        headerDigest = trainer.digest();
        send(producer, partition, timestamp, HEADER, new StateRecord(header()));
    }

    private StateHeader header() {
        var offsets = new HashMap<String, Long>();
        keyframes.forEach((number, offset) -> offsets.put(Long.toString(number), offset));
        return StateHeader.newBuilder()
                .setLineage(lineage)
                .setSpecHash(specHash)
                .setTopicId(topicId)
                .setLogOffset(logOffset)
                .setVersion(version)
                .setUnpublished(unpublished)
                .setDigest(headerDigest)
                .setTrainer(trainer.state())
                .setSources(Map.copyOf(sources))
                .setKeyframes(offsets)
                .build();
    }

    private void send(Producer<byte[], byte[]> producer, int partition, long timestamp, int key, StateRecord record) {
        var name = ByteBuffer.allocate(Integer.BYTES).putInt(key).array();
        var bytes = Wire.encode(StateRecord.getEncoder(), record);
        CommitBuffer.send(producer, new ProducerRecord<>(changelog, partition, timestamp, name, bytes));
    }

    @Override
    public void close() {
        trainer.close();
        open = false;
    }

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return open;
    }
}
