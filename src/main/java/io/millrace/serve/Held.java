package io.millrace.serve;

import java.util.concurrent.atomic.AtomicLong;

/// Bytes that all bodies under way hold together, so that many slow clients can't fill the heap.
final class Held {
    final long most;
    private final AtomicLong bytes = new AtomicLong();

    Held(long most) {
        this.most = most;
    }

    /// @return false where that is too many; they are counted all the same
    boolean add(long more) {
        return bytes.addAndGet(more) <= most;
    }

    void remove(long less) {
        bytes.addAndGet(-less);
    }
}
