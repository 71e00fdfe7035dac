package io.millrace.role;

import org.apache.kafka.clients.producer.Producer;

/// What a task holds in memory between two commits: blocks that are not full, cells that changed. It registers with the
/// [CommitHook], which calls it on the task's own stream thread.
interface CommitBuffer {
    /// Whether a record was processed since the last [#leave]. A commit without this task's offsets is then refused.
    boolean processed();

    /// Whether something must leave though no record was processed: the last version of a stream that went idle.
    boolean waiting();

    /// Sends everything held through the producer whose transaction is about to commit. Must neither flush nor commit
    /// it.
    void leave(Producer<byte[], byte[]> producer);
}
