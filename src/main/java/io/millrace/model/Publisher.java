package io.millrace.model;

import io.millrace.learn.LearnConfig;
import io.millrace.learn.Trainer;
import io.millrace.schema.Chunk;
import io.millrace.schema.Manifest;
import io.millrace.schema.VersionRecord;
import io.millrace.spec.Spec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// Cuts versions from a trainer: what changed since the last one, or everything. Decides keyframe or delta; knows
/// nothing of
/// Kafka or time.
///
/// It remembers the weights last published, so what it cuts holds only while every version it cut leaves: after one
/// that did
/// not, begin with a new publisher.
public final class Publisher {
    /// Bytes a chunk, so that a record stays under 1 MiB.
    private static final int CHUNK_BYTES = 960_000;

    private final Spec spec;
    private final long specHash;
    private final String lineage;
    private final Changes changes;
    /// Keyframes cut here that a version to be kept may need.
    private final TreeSet<Long> keyframes;

    private long lastVersion;
    private long lastKeyframe;
    private long keyframeBytes;
    private long deltaBytes;
    /// Lane of the last version: another one's weights are all different.
    private int lane;

    /// @param lastVersion number of the last version that left; 0 if none. The first cut is a keyframe
    /// @param keyframes numbers of those that can still be read
    public Publisher(Spec spec, String lineage, long lastVersion, Collection<Long> keyframes) {
        this.spec = spec;
        specHash = spec.hash();
        this.lineage = lineage;
        this.lastVersion = lastVersion;
        changes = new Changes(spec.learn().cells(), spec.learn().published());
        this.keyframes = new TreeSet<>(keyframes);
    }

    public long lastVersion() {
        return lastVersion;
    }

    /// As below, of examples that come from no topic.
    public List<VersionRecord> cut(Trainer trainer, long logOffset) {
        return cut(trainer, logOffset, Map.of());
    }

    /// The next version: chunks under 1 MiB, then the manifest. Empty where nothing is learned yet or a weight is not
    /// finite.
    ///
    /// @param logOffset offset in the train topic after the last block learned
    /// @param sources last source offset learned, by topic-partition
    public List<VersionRecord> cut(Trainer trainer, long logOffset, Map<String, Long> sources) {
        if (trainer.examples() == 0) {
            return List.of();
        }
        var keyframe = needsKeyframe() || trainer.lane() != lane;
        var records = new ArrayList<VersionRecord>();
        var parameters = trainer.cells().parameters;
        if (!changes.collect(trainer.cells(), keyframe, (indices, weights, n) -> {
            var chunk = CellCodec.chunk(lineage, lastVersion + 1, records.size(), indices, weights, parameters, 0, n);
            records.add(new VersionRecord(chunk));
        })) {
            return List.of();
        }
        var cells = 0;
        var bytes = 0L;
        for (var record : records) {
            var chunk = (Chunk) record.getBody();
            cells += chunk.getCount();
            bytes += chunk.getIndices().remaining() + chunk.getValues().remaining();
        }
        records.add(new VersionRecord(manifest(trainer, logOffset, sources, keyframe, records.size(), cells)));
        changes.publish(trainer.cells());
        count(keyframe, bytes);
        lane = trainer.lane();
        return records;
    }

    /// Most bytes that a publisher and the version it cuts take: four a parameter for those last published; for a
    /// keyframe of all cells, four a parameter and one a cell for the difference to the index before.
    public static long bytes(LearnConfig learn) {
        return (2L * Float.BYTES * learn.published() + 1) * learn.cells();
    }

    /// Cells a chunk: each has an index of at most four bytes, and its parameters.
    static int chunk(int parameters) {
        return CHUNK_BYTES / (CellCodec.VARINT_BYTES + parameters * Float.BYTES);
    }

    /// The oldest version that must stay readable once the version just cut is committed: the keyframe that the last
    /// `publish.keep`
    /// versions need. 0 while nothing may go.
    public long oldestNeeded() {
        var needed = keyframes.floor(oldestKept());
        return needed == null ? 0 : needed;
    }

    private long oldestKept() {
        return lastVersion - spec.publish().keep() + 1;
    }

    private boolean needsKeyframe() {
        return lastKeyframe == 0
                || lastVersion + 1 - lastKeyframe >= spec.publish().keyframe()
                || deltaBytes > keyframeBytes;
    }

    private Manifest manifest(
            Trainer trainer, long logOffset, Map<String, Long> sources, boolean keyframe, int chunks, int cells) {
        return Manifest.newBuilder()
                .setLineage(lineage)
                .setVersion(lastVersion + 1)
                .setParent(keyframe ? null : lastVersion)
                .setChunks(chunks)
                .setCells(cells)
                .setSpecHash(specHash)
                .setSpec(keyframe ? spec.toJson() : null)
                .setBits(spec.learn().bits())
                .setLogOffset(logOffset)
                .setExamples(trainer.examples())
                .setEventTime(trainer.eventTime())
                .setScalers(trainer.scalers())
                .setMetrics(trainer.metrics())
                .setDigest(trainer.versionDigest())
                .setLane(trainer.lane())
                .setKernel(trainer.kernel())
                .setDevice(trainer.device())
                .setExamplesPerSecond(trainer.examplesPerSecond())
                .setSoftware(Software.version())
                .setSources(new TreeMap<>(sources))
                .build();
    }

    private void count(boolean keyframe, long bytes) {
        lastVersion++;
        if (keyframe) {
            lastKeyframe = lastVersion;
            keyframeBytes = bytes;
            deltaBytes = 0;
            keyframes.add(lastVersion);
        } else {
            deltaBytes += bytes;
        }
        keyframes.headSet(oldestNeeded()).clear();
    }
}
