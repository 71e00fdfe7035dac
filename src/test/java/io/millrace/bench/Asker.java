package io.millrace.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.role.KeptConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// A client that asks on one kept connection, one request on the heels of the other, and notes when the version that
/// answers becomes another.
final class Asker implements AutoCloseable {
    private static final byte[] ASK = """
            {"instances": [{"date": 16305121, "origin": "LAS", "destination": "PHL", "distance": 2176}]}""".getBytes(UTF_8);
    private static final long LOOK = 200_000;
    private static final long PATIENCE = Duration.ofMinutes(1).toNanos();

    /// The first answer from a version, after one from another.
    ///
    /// @param at nanoseconds of the clock when it had arrived
    record First(String version, long at) {}

    private final List<First> firsts = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean closed;
    private volatile long answers;
    private volatile long failed;

    Asker(int port) {
        thread = Thread.ofPlatform().daemon().name("asker").start(() -> ask(port));
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // this thread alone writes
    private void ask(int port) {
        while (!closed) {
            try (var connection = new KeptConnection(port)) {
                while (!closed) {
                    take(connection.post("/invocations", "application/json", ASK));
                }
            } catch (IOException e) {
                failed++;
                System.err.println("a request failed: " + e);
            }
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // this thread alone writes
    private void take(KeptConnection.Response response) {
        if (response.status() != 200) {
            failed++;
            return;
        }
        answers++;
        var version = response.header("x-millrace-model");
        if (firsts.isEmpty() || !firsts.getLast().version().equals(version)) {
            firsts.add(new First(version, System.nanoTime()));
        }
    }

    /// The version that answered last.
    String version() {
        while (firsts.isEmpty()) {
            LockSupport.parkNanos(LOOK);
        }
        return firsts.getLast().version();
    }

    /// Waits for an answer from such a version.
    ///
    /// @param since nanoseconds of the clock; an answer of before does not count
    /// @return when it had arrived
    /// @throws IllegalStateException if none comes within a minute
    long await(long since, String what, Predicate<String> such) {
        while (System.nanoTime() - since < PATIENCE) {
            for (var first : firsts) {
                if (first.at() - since > 0 && such.test(first.version())) {
                    return first.at();
                }
            }
            LockSupport.parkNanos(LOOK);
        }
        throw new IllegalStateException(what + ": no answer within a minute; the last is " + firsts.getLast());
    }

    long answers() {
        return answers;
    }

    long failed() {
        return failed;
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
