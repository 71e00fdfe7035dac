package io.millrace.split;

import io.millrace.event.Fields;
import io.millrace.event.Row;

/// The split of a group, by hash. See `docs/split.md` for the bytes that are hashed and test vectors.
public final class GroupSplit {
    public GroupSplit(SplitConfig config, Fields fields) {
        throw new UnsupportedOperationException();
    }

    /// The hash of salt and group.
    ///
    /// @throws io.millrace.event.BadEvent if a group field is missing or all of them are empty
    public long group(Row row) {
        throw new UnsupportedOperationException();
    }

    /// Where the group with this hash goes: with u = hash as a number in [0, 1), validation is u < v, test u >= 1 - t,
    /// train what lies between.
    public Split of(long group) {
        throw new UnsupportedOperationException();
    }
}
