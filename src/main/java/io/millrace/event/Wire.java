package io.millrace.event;

import io.millrace.schema.Champion;
import io.millrace.schema.Decision;
import io.millrace.schema.Judgement;
import io.millrace.schema.Prediction;
import io.millrace.schema.StateRecord;
import io.millrace.schema.TrainRecord;
import io.millrace.schema.VersionRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.util.ClassSecurityValidator;
import org.jspecify.annotations.Nullable;

/// Millrace's own records to the bytes on Kafka and back: Avro single-object encoding (two marker bytes, the
/// schema's fingerprint, the datum), by the encoders and decoders of the generated classes.
///
/// Avro makes objects of trusted classes only; here it is told that the generated ones are.
public final class Wire {
    private static final String OWN = "io.millrace.schema";
    /// Most bytes of one text or `bytes` of a record: far more than a broker takes.
    private static final int LONGEST = 64 << 20;

    static {
        var trusted = ClassSecurityValidator.getGlobal();
        ClassSecurityValidator.setGlobal(type -> type.getPackageName().equals(OWN) || trusted.isTrusted(type));
        bound("org.apache.avro.limits.bytes.maxLength");
        bound("org.apache.avro.limits.string.maxLength");
        Champion.getDecoder().addSchema(before("champion"));
        Decision.getDecoder().addSchema(before("decision"));
        Judgement.getDecoder().addSchema(before("judgement"));
        Prediction.getDecoder().addSchema(before("prediction"));
        StateRecord.getDecoder().addSchema(before("state-record"));
        StateRecord.getDecoder().addSchema(before("state-record-2"));
        StateRecord.getDecoder().addSchema(before("state-record-3"));
        TrainRecord.getDecoder().addSchema(before("train-record"));
        VersionRecord.getDecoder().addSchema(before("version-record"));
        VersionRecord.getDecoder().addSchema(before("version-record-2"));
    }

    private Wire() {}

    /// A schema as it was before it got a field: what was written under it stays on Kafka.
    private static Schema before(String name) {
        var file = "/schemas-before/" + name + ".avsc";
        try (var in = Objects.requireNonNull(Wire.class.getResourceAsStream(file), file)) {
            return new Schema.Parser().parse(in);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /// Unless the user has: Avro's own bound is all that an array can hold.
    private static void bound(String property) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Integer.toString(LONGEST));
        }
    }

    /// To be called before records are read or copied by other means than this class.
    public static void trust() {
        // Loading the class has done it.
    }

    /// @param encoder such as `TrainRecord.getEncoder()`
    public static <T> byte[] encode(BinaryMessageEncoder<T> encoder, T record) {
        try {
            var buffer = encoder.encode(record);
            var bytes = buffer.array();
            var from = buffer.arrayOffset() + buffer.position();
            return from == 0 && buffer.remaining() == bytes.length
                    ? bytes
                    : Arrays.copyOfRange(bytes, from, from + buffer.remaining());
        } catch (IOException impossible) {
            throw new IllegalStateException("writing to memory failed", impossible);
        }
    }

    /// @param decoder such as `TrainRecord.getDecoder()`
    /// @throws IllegalArgumentException if the bytes are no such record
    public static <T> T decode(BinaryMessageDecoder<T> decoder, byte @Nullable [] bytes) {
        if (bytes == null) {
            throw new IllegalArgumentException("not a record of its schema: it has no value");
        }
        try {
            return decoder.decode(ByteBuffer.wrap(bytes));
        } catch (IOException | RuntimeException bad) {
            throw new IllegalArgumentException("not a record of its schema: " + bad.getMessage(), bad);
        } catch (OutOfMemoryError bad) {
            // Avro allocates what the bytes claim before it looks whether they are there. Nothing but that array is
            // lost.
            throw new IllegalArgumentException("not a record of its schema: it claims more bytes than it has", bad);
        }
    }
}
