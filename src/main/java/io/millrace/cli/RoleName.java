package io.millrace.cli;

import java.util.Locale;

/// The roles that one process can have.
enum RoleName {
    SPLIT,
    TRAIN,
    SCORE,
    SERVE;

    /// As it is written on the command line.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
