package io.millrace.learn;

/// Which lanes learn an example, and which are scored on it: all of them, or, where folds are held out, all but the
/// lane of its fold, and that one and the last.
///
/// The fold is a hash's: of the event's id, or of its group, mixed once more, for which of train, validation and test a
/// group is in was decided by the same hash.
final class Folds {
    private static final long SALT = 0x666f6c6473L;

    private final int folds;
    private final boolean byGroup;
    private final int all;

    Folds(LanesConfig lanes) {
        folds = lanes.folds().orElse(0);
        byGroup = lanes.by().filter(by -> by == LanesConfig.By.GROUP).isPresent();
        all = (1 << lanes.count()) - 1;
    }

    boolean areHeldOut() {
        return folds > 0;
    }

    /// The fold of an example; of no account where none is held out.
    int of(long id, long group) {
        return (int) Math.unsignedMultiplyHigh(Cells.mix64((byGroup ? group : id) ^ SALT), folds);
    }

    /// The lanes that learn it, a bit each.
    int learning(int fold) {
        return areHeldOut() ? all & ~(1 << fold) : all;
    }

    /// The lanes that are scored on it.
    int scored(int fold) {
        return areHeldOut() ? 1 << fold | 1 << folds : all;
    }
}
