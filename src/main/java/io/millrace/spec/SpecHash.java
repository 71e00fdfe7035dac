package io.millrace.spec;

import io.millrace.event.EventsConfig;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/// The hash of what decides examples and learning. Two specs with one hash may share a log.
final class SpecHash {
    private SpecHash() {}

    static long of(Spec spec) {
        return ByteBuffer.wrap(sha256(RecordJson.write(canonical(spec), Set.of("publish", "gate"))))
                .getLong();
    }

    /// The spec without where its schema stands and what a schema's canonical form leaves out.
    static Spec canonical(Spec spec) {
        var events = spec.events();
        var anywhere = new EventsConfig(
                events.topic(), events.format(), Optional.of("-"), events.id(), events.time(), Optional.empty());
        var text = spec.schemaText();
        return new Spec(
                spec.model(),
                anywhere,
                spec.split(),
                spec.label(),
                spec.features(),
                spec.learn(),
                spec.publish(),
                spec.gate(),
                text == null ? null : SchemaNormalization.toParsingForm(new Schema.Parser().parse(text)));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
