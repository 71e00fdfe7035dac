package io.millrace.spec;

import io.millrace.event.EventsConfig;
import io.millrace.event.TimeConfig;
import io.millrace.learn.LearnConfig;
import io.millrace.learn.LearnConfig.LearnerKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/// The hash of what decides examples and learning. Two specs with one hash may share a log.
final class SpecHash {
    private static final Duration AHEAD = Duration.ofDays(1);

    private SpecHash() {}

    static long of(Spec spec) {
        return ByteBuffer.wrap(sha256(RecordJson.write(canonical(spec), Set.of("publish", "gate"))))
                .getLong();
    }

    /// The spec without where its schema stands and what a schema's canonical form leaves out.
    static Spec canonical(Spec spec) {
        var events = spec.events();
        var anywhere = new EventsConfig(
                events.topic(), events.format(), Optional.of("-"), events.id(), time(events.time()), Optional.empty());
        var text = spec.schemaText();
        return new Spec(
                spec.model(),
                anywhere,
                spec.split(),
                spec.label(),
                spec.features(),
                learn(spec.learn()),
                spec.publish(),
                spec.gate(),
                text == null ? null : SchemaNormalization.toParsingForm(new Schema.Parser().parse(text)));
    }

    /// Linear is what a spec without the key is.
    private static LearnConfig learn(LearnConfig learn) {
        return new LearnConfig(
                learn.loss(),
                learn.tau(),
                learn.delta(),
                learn.classes(),
                learn.learner()
                        .filter(learner -> learner.kind() != LearnerKind.LINEAR
                                || learner.batch().isPresent()),
                learn.optimizer(),
                learn.bits(),
                learn.lanes(),
                learn.kernel());
    }

    /// Logs from before there was this key have no such bound: they go on under its default.
    private static Optional<TimeConfig> time(Optional<TimeConfig> time) {
        return time.map(given ->
                new TimeConfig(given.field(), given.unit(), given.ahead().filter(ahead -> !ahead.equals(AHEAD))));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
