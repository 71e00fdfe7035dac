package io.millrace.model;

import io.millrace.schema.Chunk;
import io.millrace.schema.Manifest;
import io.millrace.schema.VersionRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes whole versions of the records of a versions topic, in the order of its log. One thread.
///
/// Deltas before the first keyframe are passed over. A version that is broken is refused and counted, the last good one
/// stays current, and the deltas after it are passed over up to the next keyframe. One whose number the lineage has
/// passed already is refused too, but hurts none after it: a trainer that had been given up for dead may have sent it.
public final class VersionReader {
    /// Bytes of a chunk's objects without what they hold, about: chunks of nothing must not fill the heap either.
    private static final int OBJECTS = 256;

    /// Most bytes of chunks that wait for their manifest: a part of the heap.
    private final long mostPending;

    private final List<VersionRecord> pending = new ArrayList<>();
    private long pendingBytes;
    private @Nullable Model current;
    private boolean needsKeyframe = true;
    private long refused;
    private String reason = "";

    public VersionReader() {
        this(Runtime.getRuntime().maxMemory() / 4);
    }

    VersionReader(long mostPending) {
        this.mostPending = mostPending;
    }

    /// @return the version that this record completes and that is now current, or null
    public @Nullable Model accept(VersionRecord record) {
        if (record.getBody() instanceof Chunk chunk) {
            add(record, chunk);
            return null;
        }
        var manifest = (Manifest) record.getBody();
        var records = new ArrayList<>(pending);
        records.add(record);
        clear();
        if (current != null && isPassed(manifest, current.manifest())) {
            refuse(Model.name(manifest.getLineage(), manifest.getVersion()) + ": version = " + manifest.getVersion()
                    + " is wrong: expected more than " + current.manifest().getVersion() + ", which is current");
            return null;
        }
        if (needsKeyframe && manifest.getParent() != null) {
            return null;
        }
        try {
            current = Model.of(current, records);
            needsKeyframe = false;
            return current;
        } catch (VersionException e) {
            refuse(e.getMessage());
            needsKeyframe = true;
            return null;
        }
    }

    /// Counts a record that could not even be read. If it was part of a version, that one will be found broken.
    public void refuse(@Nullable String why) {
        refused++;
        reason = why == null ? "" : why;
    }

    /// The newest whole version, or null before the first.
    public @Nullable Model current() {
        return current;
    }

    /// Versions and unreadable records refused.
    public long refused() {
        return refused;
    }

    /// Why the last one was; empty if none was.
    public String reason() {
        return reason;
    }

    private static boolean isPassed(Manifest manifest, Manifest current) {
        return manifest.getLineage().equals(current.getLineage()) && manifest.getVersion() <= current.getVersion();
    }

    private void add(VersionRecord record, Chunk chunk) {
        var bytes = OBJECTS
                + chunk.getIndices().capacity()
                + chunk.getValues().capacity()
                + 2L * chunk.getLineage().length();
        if (chunk.getChunk() == 0) {
            clear(); // what came before it never got its manifest
        }
        if (pendingBytes + bytes > mostPending) {
            refuse(Model.name(chunk.getLineage(), chunk.getVersion()) + ": bytes of its chunks = "
                    + (pendingBytes + bytes) + " are too many: expected at most " + mostPending
                    + ", a quarter of this JVM's heap");
            clear();
            return;
        }
        pending.add(record);
        pendingBytes += bytes;
    }

    private void clear() {
        pending.clear();
        pendingBytes = 0;
    }
}
