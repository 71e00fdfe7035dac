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
    static void await(TrainRole train, long examples) {
        while (train.progress().snapshot().examples() < examples) {
            if (train.failure().isDone()) {
                train.failure().join();
            }
            LockSupport.parkNanos(LOOK);
        }
    }

    void await(long examples) {
        await(train, examples);
    }

    /// Waits until the trainer has committed so many times.
    @SuppressWarnings("ReferenceEquality") // every commit makes a new snapshot
    void awaitCommits(int commits) {
        var last = train.progress().snapshot();
        for (var seen = 0; seen < commits; ) {
            LockSupport.parkNanos(100_000);
            var now = train.progress().snapshot();
            if (now != last) {
                seen++;
                last = now;
            }
        }
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
