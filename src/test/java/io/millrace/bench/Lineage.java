package io.millrace.bench;

import io.millrace.role.RoleSettings;
import io.millrace.role.SplitRole;
import io.millrace.role.TrainRole;
import io.millrace.spec.Spec;
import java.util.concurrent.locks.LockSupport;

/// Split and train of one lineage in this JVM.
final class Lineage implements AutoCloseable {
    private static final long LOOK = 2_000_000;

    private final SplitRole split;
    private final TrainRole train;

    Lineage(Spec spec, RoleSettings settings) {
        split = new SplitRole(spec, settings);
        train = new TrainRole(spec, settings);
        split.start();
        train.start();
    }

    /// Waits until so many examples are learned and committed.
    ///
    /// @return nanoseconds of the clock when they were
    static long await(TrainRole train, long examples) {
        while (train.progress().snapshot().examples() < examples) {
            if (train.failure().isDone()) {
                train.failure().join();
            }
            LockSupport.parkNanos(LOOK);
        }
        return System.nanoTime();
    }

    long await(long examples) {
        return await(train, examples);
    }

    /// Examples learned and committed.
    long examples() {
        return train.progress().snapshot().examples();
    }

    @Override
    public void close() {
        split.close();
        train.close();
    }
}
