package io.millrace.model;

import io.millrace.schema.Manifest;
import io.millrace.schema.VersionRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One version of a model: immutable, shares every page of cells that did not change with the version before it.
public final class Model {
    private Model() {}

    public Manifest manifest() {
        throw new UnsupportedOperationException();
    }

    /// `main/41`.
    public String name() {
        throw new UnsupportedOperationException();
    }

    /// Weight of a cell; 0 where it is absent.
    public float weight(int index) {
        throw new UnsupportedOperationException();
    }

    /// The version that `records` (chunks, then their manifest) make of `parent`; `parent` is null or ignored for a
    /// keyframe.
    ///
    /// @throws VersionException if they are not whole, out of bounds, of another parent, not finite, or of
    ///     another digest
    public static Model of(@Nullable Model parent, List<VersionRecord> records) {
        throw new UnsupportedOperationException();
    }
}
