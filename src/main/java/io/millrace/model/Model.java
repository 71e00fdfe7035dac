package io.millrace.model;

import io.millrace.learn.Cells;
import io.millrace.learn.Scoring;
import io.millrace.schema.Block;
import io.millrace.schema.Manifest;
import io.millrace.schema.VersionRecord;
import io.millrace.spec.Spec;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One version of a model: immutable, shares every page of cells that did not change with the version before it.
public final class Model implements Scoring.Weights {
    private final Manifest manifest;
    private final Spec spec;
    /// Floats of the version a feature.
    private final int published;
    /// Those of them that predict: all, or of all lanes the served one.
    private final int parameters;

    private final int first;
    /// The parameters of [Cells#PAGE] features each, side by side; never written once the model is made.
    private final float[][] pages;
    /// The page of all features that have none.
    private final float[] empty;
    private final Instant since = Instant.now();

    Model(Manifest manifest, Spec spec, float[][] pages, float[] empty) {
        this.manifest = manifest;
        this.spec = spec;
        published = spec.learn().published();
        parameters = spec.learn().parameters();
        first = published == parameters ? 0 : manifest.getLane();
        this.pages = pages;
        this.empty = empty;
    }

    /// The version that `records` (chunks, then their manifest) make of `parent`; for a keyframe `parent` is null or of
    /// no account.
    ///
    /// @throws VersionException if they are not whole, out of bounds, of another parent, not finite, or of
    ///     another digest
    public static Model of(@Nullable Model parent, List<VersionRecord> records) {
        return new ModelBuilder(parent, records, Runtime.getRuntime().maxMemory() / 2).build();
    }

    public Manifest manifest() {
        return manifest;
    }

    /// The spec that the lineage follows, as its last keyframe tells it.
    public Spec spec() {
        return spec;
    }

    /// `main/41`.
    public String name() {
        return name(manifest.getLineage(), manifest.getVersion());
    }

    /// Whether it has learned nothing of a block, nor of what came after it in its source partition: no look ahead.
    public boolean mayPredict(Block block) {
        var learned = manifest.getSources().get(block.getTopic() + "-" + block.getPartition());
        return learned == null || learned < block.getFirstOffset();
    }

    /// When this process got the version.
    public Instant since() {
        return since;
    }

    /// Weight of a cell; 0 where it is absent.
    ///
    /// @param index in the feature space
    public float weight(int index) {
        return pages[index / Cells.PAGE][index % Cells.PAGE * published + first];
    }

    @Override
    public void copy(int index, float[] into, int at) {
        var page = pages[index / Cells.PAGE];
        var from = index % Cells.PAGE * published + first;
        for (var k = 0; k < parameters; k++) {
            into[at + k] = page[from + k];
        }
    }

    int published() {
        return published;
    }

    float[] empty() {
        return empty;
    }

    float[][] pages() {
        return pages;
    }

    static String name(String lineage, long version) {
        return lineage + "/" + version;
    }
}
