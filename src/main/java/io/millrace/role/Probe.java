package io.millrace.role;

/// Told of what a role does, on its stream thread: so that tests can stop or kill a process at a chosen point of its
/// work.
interface Probe {
    /// Moments inside the [CommitHook].
    enum Moment {
        /// Nothing was sent yet.
        BEFORE,
        /// One buffer has left.
        BETWEEN,
        /// All buffers have left.
        SENT,
        /// The offsets have joined the transaction, which is not yet committed.
        OFFSETS
    }

    /// Hears nothing.
    Probe NONE = new Probe() {};

    default void at(Moment moment) {}

    /// The trainer begins with this many examples learned.
    default void restored(long examples) {}

    /// A record was processed: `position` is its source offset (split, score) or the examples learned (train).
    default void processed(int partition, long position) {}

    /// An event was read in the partition of its id, after it was processed in the partition where it came.
    default void processedById() {}
}
