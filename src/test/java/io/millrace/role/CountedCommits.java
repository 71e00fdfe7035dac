package io.millrace.role;

import java.time.Duration;

/// Counts the commits that carry something, and what they carry, of a role with one thread.
final class CountedCommits implements Probe {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private long processed;
    private long committed;
    private int commits;

    @Override
    public synchronized void processed(int partition, long position) {
        processed++;
    }

    @Override
    public synchronized void at(Moment now) {
        if (now == Moment.OFFSETS && processed > committed) {
            committed = processed;
            commits++;
            notifyAll();
        }
    }

    synchronized int count() {
        return commits;
    }

    /// Waits until so many records are committed.
    synchronized void await(long records) throws InterruptedException {
        var until = System.nanoTime() + PATIENCE.toNanos();
        while (committed < records) {
            var left = Duration.ofNanos(until - System.nanoTime()).toMillis();
            if (left <= 0) {
                throw new IllegalStateException(
                        committed + " records committed within " + PATIENCE + ": expected " + records);
            }
            wait(left);
        }
    }
}
