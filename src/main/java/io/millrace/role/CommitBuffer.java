package io.millrace.role;

import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

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

    /// Sends within the transaction that is about to commit. Its outcome needs no look: a send that fails makes the
    /// commit throw.
    static void send(Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
        var _ = producer.send(record);
    }
}
