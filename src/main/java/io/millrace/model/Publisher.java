package io.millrace.model;

import io.millrace.learn.Trainer;
import io.millrace.schema.VersionRecord;
import io.millrace.spec.Spec;
import java.util.List;

/// Cuts versions from a trainer: what changed since the last one, or everything. Decides keyframe or delta; knows
/// nothing of Kafka or time.
public final class Publisher {
    /// @param lastVersion number of the last version that left; 0 if none. The first cut is a keyframe
    public Publisher(Spec spec, String lineage, long lastVersion) {
        throw new UnsupportedOperationException();
    }

    public long lastVersion() {
        throw new UnsupportedOperationException();
    }

    /// The next version: chunks under 1 MiB, then the manifest. Empty where a weight is not finite.
    ///
    /// @param logOffset offset in the train topic after the last block learned
    public List<VersionRecord> cut(Trainer trainer, long logOffset) {
        throw new UnsupportedOperationException();
    }

    /// The oldest version that must stay readable once the version just cut is committed: the keyframe that the last
    /// `publish.keep`
    /// versions need. 0 while nothing may go.
    public long oldestNeeded() {
        throw new UnsupportedOperationException();
    }
}
