package io.millrace.model;

import io.millrace.learn.Cells;
import io.millrace.learn.LanesConfig;
import io.millrace.schema.Chunk;
import io.millrace.schema.Manifest;
import io.millrace.schema.VersionRecord;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecException;
import io.millrace.spec.SpecReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Makes one [Model], or says why not. Checks come first, so that what is broken costs no memory.
final class ModelBuilder {
    private final @Nullable Model parent;
    private final List<VersionRecord> records;
    private final Manifest manifest;
    private final boolean keyframe;
    private final long most;

    /// @param most bytes that the pages of the version may take
    ModelBuilder(@Nullable Model parent, List<VersionRecord> records, long most) {
        if (records.isEmpty() || !(records.getLast().getBody() instanceof Manifest last)) {
            throw new VersionException(
                    "a version of " + records.size() + " records has no manifest: expected one, last");
        }
        this.records = records;
        this.most = most;
        manifest = last;
        keyframe = last.getParent() == null;
        this.parent = parent;
    }

    Model build() {
        checkManifest();
        var spec = keyframe ? keyframeSpec() : checkedParent().spec();
        require(
                manifest.getBits() == spec.learn().bits(),
                "bits",
                manifest.getBits(),
                spec.learn().bits());
        require(
                manifest.getScalers().size() == spec.numbers().size(),
                "scalers",
                manifest.getScalers().size(),
                spec.numbers().size());
        var parameters = spec.learn().published();
        require(
                manifest.getLane() >= 0 && manifest.getLane() < lanes(spec),
                "lane",
                manifest.getLane(),
                "0 to " + (lanes(spec) - 1));
        var chunks = checkedChunks();
        var indices = checkedIndices(chunks, parameters, spec.learn().cells());
        checkMemory(indices, parameters);

        var empty =
                keyframe ? new float[Cells.PAGE * parameters] : checkedParent().empty();
        var pages = keyframe
                ? pages(empty, spec.learn().cells())
                : checkedParent().pages().clone();
        var digest = (keyframe ? 0 : checkedParent().manifest().getDigest());
        for (var i = 0; i < chunks.size(); i++) {
            digest += apply(chunks.get(i), indices.get(i), parameters, pages);
        }
        require(digest == manifest.getDigest(), "digest", hex(manifest.getDigest()), hex(digest));
        return new Model(manifest, spec, pages, empty);
    }

    private static int lanes(Spec spec) {
        return spec.learn().lanes().map(LanesConfig::count).orElse(1);
    }

    private void checkManifest() {
        require(manifest.getVersion() >= 1, "version", manifest.getVersion(), "1 or more");
        require(manifest.getBits() >= 1 && manifest.getBits() <= 28, "bits", manifest.getBits(), "1 to 28");
        require(manifest.getChunks() == records.size() - 1, "chunks", manifest.getChunks(), records.size() - 1);
        for (var scaler : manifest.getScalers()) {
            require(scaler.getCount() >= 0, "scaler.count", scaler.getCount(), "0 or more");
            require(Double.isFinite(scaler.getMean()), "scaler.mean", scaler.getMean(), "a finite number");
            require(
                    Double.isFinite(scaler.getSquares()) && scaler.getSquares() >= 0,
                    "scaler.squares",
                    scaler.getSquares(),
                    "a finite number, 0 or more");
        }
    }

    private Spec keyframeSpec() {
        var json = manifest.getSpec();
        require(json != null, "spec", null, "the spec as JSON, since this is a keyframe");
        try {
            var spec = SpecReader.ofJson(json);
            return parent != null && parent.spec().equals(spec) ? parent.spec() : spec;
        } catch (SpecException e) {
            throw new VersionException(name() + ": spec can't be read: " + e.getMessage());
        }
    }

    private Model checkedParent() {
        if (parent == null) {
            throw fault("parent", manifest.getParent(), "a keyframe before it");
        }
        var before = parent.manifest();
        require(
                Objects.equals(manifest.getParent(), before.getVersion()),
                "parent",
                manifest.getParent(),
                before.getVersion());
        require(
                manifest.getVersion() == before.getVersion() + 1,
                "version",
                manifest.getVersion(),
                before.getVersion() + 1);
        require(
                manifest.getLineage().equals(before.getLineage()),
                "lineage",
                manifest.getLineage(),
                before.getLineage());
        require(
                manifest.getSpecHash() == before.getSpecHash(),
                "specHash",
                hex(manifest.getSpecHash()),
                hex(before.getSpecHash()));
        require(manifest.getBits() == before.getBits(), "bits", manifest.getBits(), before.getBits());
        return parent;
    }

    private List<Chunk> checkedChunks() {
        var chunks = new ArrayList<Chunk>(manifest.getChunks());
        var cells = 0L;
        for (var i = 0; i < manifest.getChunks(); i++) {
            if (!(records.get(i).getBody() instanceof Chunk chunk)) {
                throw fault("record " + i, "a manifest", "a chunk");
            }
            require(chunk.getChunk() == i, "chunk", chunk.getChunk(), i);
            require(
                    chunk.getVersion() == manifest.getVersion()
                            && chunk.getLineage().equals(manifest.getLineage()),
                    "chunk of version",
                    Model.name(chunk.getLineage(), chunk.getVersion()),
                    Model.name(manifest.getLineage(), manifest.getVersion()));
            cells += chunk.getCount();
            chunks.add(chunk);
        }
        require(cells == manifest.getCells(), "cells", manifest.getCells(), cells);
        return chunks;
    }

    private List<int[]> checkedIndices(List<Chunk> chunks, int parameters, int cells) {
        var all = new ArrayList<int[]>(chunks.size());
        var before = -1;
        for (var chunk : chunks) {
            try {
                var indices = CellCodec.indices(
                        chunk.getCount(), chunk.getIndices(), chunk.getValues(), parameters, chunk.getCrc(), cells);
                require(indices.length > 0, "count of chunk " + chunk.getChunk(), 0, "1 or more");
                require(
                        indices[0] > before,
                        "first index of chunk " + chunk.getChunk(),
                        indices[0],
                        "more than " + before);
                before = indices[indices.length - 1];
                all.add(indices);
            } catch (IllegalArgumentException e) {
                throw new VersionException(name() + ": chunk " + chunk.getChunk() + ": " + e.getMessage());
            }
        }
        return all;
    }

    /// A keyframe of a few scattered cells may ask for many pages, and so may many deltas, one after the other.
    @SuppressWarnings("ReferenceEquality") // the empty page is one array
    private void checkMemory(List<int[]> indices, int parameters) {
        var pages = new BitSet();
        indices.forEach(some -> Arrays.stream(some).forEach(index -> pages.set(index / Cells.PAGE)));
        if (!keyframe) {
            var before = checkedParent().pages();
            for (var page = 0; page < before.length; page++) {
                if (before[page] != checkedParent().empty()) {
                    pages.set(page);
                }
            }
        }
        var bytes = (long) pages.cardinality() * Cells.PAGE * parameters * Float.BYTES;
        require(bytes <= most, "memory of its pages", bytes, "at most " + most + " bytes, half of this JVM's heap");
    }

    private static float[][] pages(float[] empty, int cells) {
        var pages = new float[Cells.pages(cells)][];
        Arrays.fill(pages, empty);
        return pages;
    }

    /// @return what the chunk adds to the digest
    private long apply(Chunk chunk, int[] indices, int parameters, float[][] pages) {
        var values = CellCodec.littleEndian(chunk.getValues());
        var digest = 0L;
        var copied = -1;
        for (var index : indices) {
            var page = index / Cells.PAGE;
            if (page != copied) {
                pages[page] = pages[page].clone();
                copied = page;
            }
            for (var k = 0; k < parameters; k++) {
                var weight = values.getFloat();
                if (!Float.isFinite(weight)) {
                    throw fault((k == 0 ? "weight" : "factor " + k) + " of cell " + index, weight, "a finite number");
                }
                var number = index * parameters + k;
                var at = index % Cells.PAGE * parameters + k;
                digest += Cells.mix(number, weight) - Cells.mix(number, pages[page][at]);
                pages[page][at] = weight;
            }
        }
        return digest;
    }

    private String name() {
        return Model.name(manifest.getLineage(), manifest.getVersion());
    }

    private void require(boolean right, String what, @Nullable Object value, Object expected) {
        if (!right) {
            throw fault(what, value, expected);
        }
    }

    private VersionException fault(String what, @Nullable Object value, @Nullable Object expected) {
        return new VersionException(name() + ": " + what + " = " + value + " is wrong: expected " + expected);
    }

    private static String hex(long digest) {
        return Long.toHexString(digest);
    }
}
