package io.millrace.role;

import io.millrace.model.Committed;
import io.millrace.spec.Spec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTopicException;

/// What the active gate reads: the validation blocks that its lineages are judged on, and their versions.
final class GateLogs implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);
    /// What a lineage that is added, and with it an operator, waits for at most: the broker answers in turn.
    private static final int FETCH_MS = 100;

    private final Spec spec;
    private final Map<String, Object> client;
    private final KafkaConsumer<byte[], byte[]> data;
    private final Map<String, JudgedLineage> lineages;
    /// Next block of each validation topic, by the lineage that owns it.
    private final Map<String, Long> blockOffsets = new HashMap<>();
    private final Map<String, String> topicIds = new HashMap<>();
    /// Ends of the versions topics that are not read yet as far as they were at first, by lineage.
    private final Map<String, Long> behind = new HashMap<>();

    /// @param lineages judged, by name
    GateLogs(Spec spec, Map<String, Object> client, Map<String, JudgedLineage> lineages) {
        this.spec = spec;
        this.client = client;
        this.lineages = lineages;
        data = Committed.consumer(client, "none", FETCH_MS);
    }

    /// Adds a lineage; it is read from the next [#assign] on.
    ///
    /// @param blockOffset where its validation topic is read from, unless another lineage reads it already
    void add(JudgedLineage lineage, long blockOffset) {
        lineages.put(lineage.lineage, lineage);
        blockOffsets.putIfAbsent(lineage.blocks, blockOffset);
        topicIds.computeIfAbsent(lineage.blocks, blocks -> Offsets.topicId(client, spec.topic(blocks, "validation")));
    }

    /// Forgets a lineage, and the blocks that no other is judged on.
    void remove(JudgedLineage lineage) {
        lineages.remove(lineage.lineage);
        behind.remove(lineage.lineage);
        if (lineages.values().stream().noneMatch(other -> other.blocks.equals(lineage.blocks))) {
            blockOffsets.remove(lineage.blocks);
            topicIds.remove(lineage.blocks);
        }
        assign();
    }

    /// @throws RoleException if the validation topic of a lineage has another id
    void checkTopic(String blocks, String expected) {
        var found = topicIds.get(blocks);
        if (!expected.equals(found)) {
            throw new RoleException(spec.topic(blocks, "validation") + " has id " + found + ": expected " + expected
                    + ". The topic was made anew; start a new lineage with --lineage, or a new history of the gate: "
                    + GateRecords.anew(spec));
        }
    }

    /// Begins to read what the lineages need; versions from the oldest that is left.
    void assign() {
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

    /// Reads a while: versions go to their lineages, blocks to `judge`, with the lineage that owns them.
    void poll(BiConsumer<String, ConsumerRecord<byte[], byte[]>> judge) {
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
                    blockOffsets.put(owner, record.offset() + 1);
                    judge.accept(owner, record);
                    blocks++;
                }
            }
            if (blocks == 0) {
                catchUp();
            }
        } catch (InvalidOffsetException gone) {
            goOn(gone);
        }
    }

    /// Versions may be deleted before they are read; blocks never are.
    private void goOn(InvalidOffsetException gone) {
        for (var partition : gone.partitions()) {
            if (!partition.topic().endsWith(".versions")) {
                throw new RoleException(partition + " does not hold offset " + data.position(partition)
                        + " any more: blocks that were not judged are lost. Start a new lineage with --lineage, or a new"
                        + " history of the gate: " + GateRecords.anew(spec));
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
            // not the lag as of the last fetch: while blocks are held it tells of none that has come
            if (data.position(partition(lineage.blocks, "validation")) >= end(lineage.blocks)) {
                lineage.catchUp();
            }
        }
    }

    /// The next block of a validation topic, by the lineage that owns it.
    long blockOffset(String owner) {
        return Objects.requireNonNull(blockOffsets.get(owner));
    }

    Map<String, Long> blockOffsets() {
        return Map.copyOf(blockOffsets);
    }

    String topicId(String owner) {
        return Objects.requireNonNull(topicIds.get(owner));
    }

    /// Where a validation topic ends now.
    long end(String owner) {
        var blocks = partition(owner, "validation");
        return Objects.requireNonNull(data.endOffsets(List.of(blocks)).get(blocks));
    }

    /// @throws org.apache.kafka.common.errors.TopicAuthorizationException if the gate may not look it up
    boolean exists(String topic) {
        try {
            var infos = data.partitionsFor(topic);
            return infos != null && !infos.isEmpty();
        } catch (InvalidTopicException noName) {
            return false;
        }
    }

    private TopicPartition partition(String lineage, String word) {
        return new TopicPartition(spec.topic(lineage, word), 0);
    }

    @Override
    public void close() {
        data.close();
    }
}
