package io.millrace;

import java.util.Random;

/// Randomness that can be had again: `-Dmillrace.seed=N` replays what a failed run printed.
public final class Seed {
    private static final long SEED = Long.getLong("millrace.seed", System.nanoTime());

    static {
        System.out.println("millrace.seed = " + SEED);
    }

    private Seed() {}

    /// Begins anew for every caller, so that the order of tests does not matter.
    public static Random random() {
        return new Random(SEED);
    }
}
