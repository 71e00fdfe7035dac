package io.millrace.split;

/// Where the examples of a group go.
public enum Split {
    TRAIN,
    VALIDATION,
    TEST;

    /// The word in topic names: `train`, `validation`, `test`.
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
