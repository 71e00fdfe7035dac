package io.millrace.cli;

import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The wish to stop: Ctrl-C, SIGTERM, or a role that gave up. While one is open, the JVM's end waits until the command
/// has cleaned up.
final class Stop implements AutoCloseable {
    private static final long PATIENCE_S = 25;

    private final CountDownLatch wanted = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stopAndWait, "stop");

    private final PrintWriter err;
    private volatile boolean signalled;

    /// @param err where the last line goes
    Stop(PrintWriter err) {
        this.err = err;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void stopAndWait() {
        signalled = true;
        wanted.countDown();
        try {
            done.await(PATIENCE_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Asks to stop.
    void want() {
        wanted.countDown();
    }

    boolean isWanted() {
        return wanted.getCount() == 0;
    }

    /// Waits, but no longer than until a stop is wanted.
    ///
    /// @return whether a stop is wanted
    boolean await(long nanos) {
        try {
            return wanted.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /// Says that all is cleaned up, also to whoever pressed Ctrl-C.
    @Override
    public void close() {
        if (signalled) {
            err.println("stopped");
            err.flush();
        }
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is ending, and the hook has just been told
        }
    }
}
