package io.millrace.role;

import io.millrace.event.BadEvent;
import io.millrace.event.Redaction;
import io.millrace.event.Wire;
import io.millrace.schema.DeadLetter;
import io.millrace.schema.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.apache.kafka.common.TopicPartition;

/// What is kept of an event that could not be used: reason, place, length, SHA-256 and at most [#MOST] bytes of it.
/// Values of fields that the spec redacts are in none of them.
final class DeadLetters {
    /// Most bytes of the original: a letter must fit any broker's limit.
    static final int MOST = 256 << 10;

    private DeadLetters() {}

    /// @param value empty where the record has none
    /// @param redaction takes out what may not be told. The SHA-256 is that of what is left: one over the whole
    ///     would tell whoever has the rest which of a few likely values was taken out
    static byte[] of(
            BadEvent bad, TopicPartition source, long offset, long timestamp, byte[] value, Redaction redaction) {
        var left = redaction.of(value);
        var letter = DeadLetter.newBuilder()
                .setReason(bad.getMessage())
                .setTopic(source.topic())
                .setPartition(source.partition())
                .setOffset(offset)
                .setTimestamp(timestamp)
                .setLength(value.length)
                .setSha256(new Sha256(sha256(left)))
                .setOriginal(ByteBuffer.wrap(left, 0, Math.min(left.length, MOST)))
                .build();
        return Wire.encode(DeadLetter.getEncoder(), letter);
    }

    private static byte[] sha256(byte[] value) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(value);
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every Java platform has SHA-256", absent);
        }
    }
}
