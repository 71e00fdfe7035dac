package io.millrace.split;

import io.millrace.event.BadEvent;
import io.millrace.event.Fields;
import io.millrace.event.Row;
import java.util.List;

/// The split of a group, by hash. See `docs/split.md` for the bytes that are hashed and test vectors. One a thread.
public final class GroupSplit {
    private final List<String> names;
    private final int[] slots;
    private final KeyHash hash;
    private final double validationEnd;
    private final double testStart;

    /// @param fields of the rows; the group is among them
    /// @throws IllegalArgumentException if a group field is not
    public GroupSplit(SplitConfig config, Fields fields) {
        names = config.group();
        slots = names.stream().mapToInt(fields::require).toArray();
        hash = new KeyHash(names, fields, config.salt());
        validationEnd = config.validation();
        testStart = 1 - config.test();
    }

    /// The hash of salt and group.
    ///
    /// @throws BadEvent if a group field is missing or all of them are empty
    public long group(Row row) {
        var length = 0;
        for (var k = 0; k < slots.length; k++) {
            if (row.isMissing(slots[k])) {
                throw new BadEvent(names.get(k) + " is missing: expected a value, since it is part of the group");
            }
            length += row.textLength(slots[k]);
        }
        if (length == 0) {
            throw new BadEvent(
                    String.join(", ", names) + (names.size() == 1 ? " is empty" : " are empty") + ": expected a group");
        }
        return hash.of(row);
    }

    /// Where the group with this hash goes: with u = its upper 53 bits as a number in [0, 1), validation is u < v, test
    /// u >= 1 - t, train what lies between.
    public Split of(long group) {
        var u = (group >>> 11) * 0x1p-53;
        if (u < validationEnd) {
            return Split.VALIDATION;
        }
        return u >= testStart ? Split.TEST : Split.TRAIN;
    }
}
