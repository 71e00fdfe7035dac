package io.millrace.role;

import io.millrace.event.BadEvent;
import io.millrace.event.Wire;
import io.millrace.schema.DeadLetter;
import io.millrace.schema.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/// What is kept of an event that could not be used: reason, place, length, SHA-256 and at most [#MOST] bytes of it.
final class DeadLetters {
    /// Most bytes of the original: a letter must fit any broker's limit.
    static final int MOST = 256 << 10;

    private DeadLetters() {}

    static Record<byte[], byte[]> of(BadEvent bad, RecordMetadata at, Record<byte[], byte[]> record) {
        var value = record.value() == null ? new byte[0] : record.value();
        var letter = DeadLetter.newBuilder()
                .setReason(bad.getMessage())
                .setTopic(at.topic())
                .setPartition(at.partition())
                .setOffset(at.offset())
                .setTimestamp(record.timestamp())
                .setLength(value.length)
                .setSha256(new Sha256(sha256(value)))
                .setOriginal(ByteBuffer.wrap(value, 0, Math.min(value.length, MOST)))
                .build();
        return new Record<>(null, Wire.encode(DeadLetter.getEncoder(), letter), record.timestamp());
    }

    private static byte[] sha256(byte[] value) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(value);
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every Java platform has SHA-256", absent);
        }
    }
}
