package io.millrace.role;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Counts the commits that carry something.
final class CountedCommits implements Probe {
    private final Semaphore seen = new Semaphore(0);
    private boolean processed;
    volatile int count;

    @Override
    public void processed(int partition, long position) {
        processed = true;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // the stream thread alone writes
    public void at(Moment now) {
        if (now == Moment.OFFSETS && processed) {
            processed = false;
            count++;
            seen.release();
        }
    }

    void await() throws InterruptedException {
        if (!seen.tryAcquire(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("no commit within 30 s after " + count);
        }
    }
}
