package io.millrace.bench;

import io.millrace.spec.Spec;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Produces events at a steady rate until it is closed: every millisecond so many as are due by the clock, from the
/// first one again after the last.
final class Feeder implements AutoCloseable {
    private static final long TICK = 1_000_000;

    private final Thread thread;
    private volatile boolean closed;

    /// @param rate events a second
    Feeder(BenchBroker broker, Spec spec, List<byte[]> events, int rate) {
        thread = Thread.ofPlatform().daemon().name("feeder").start(() -> feed(broker, spec, events, rate));
    }

    private void feed(BenchBroker broker, Spec spec, List<byte[]> events, int rate) {
        try (var producer = broker.producer()) {
            var start = System.nanoTime();
            for (long sent = 0; !closed; LockSupport.parkNanos(TICK)) {
                for (var due = (System.nanoTime() - start) * rate / 1_000_000_000; sent < due; sent++) {
                    var event = events.get((int) (sent % events.size()));
                    var _ = producer.send(new ProducerRecord<>(spec.events().topic(), 0, null, event));
                }
            }
        }
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
