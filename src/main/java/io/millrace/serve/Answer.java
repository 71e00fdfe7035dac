package io.millrace.serve;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.model.Reasons;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Predictions as a client reads them.
///
/// - **Shape**: `{"predictions":[{"score":0.23,"predicted_label":0}],"model":"main/41"}` (contract S12), or one score a
/// line
///   (contracts S12, B5); one prediction an instance, in their order.
/// - **Reasons**, where they are wanted: also `"margin":-1.2,"contributions":{"constant":-1.3,"origin=LAS":0.1}`.
/// - **Units**: a score is a probability, or the value itself where the label is a number; only the former has a
/// predicted label.
final class Answer {
    /// Names the version that answered.
    static final String MODEL_HEADER = "X-Millrace-Model";

    static final JsonFactory JSON = new JsonFactory();

    /// A prediction of at least this is label 1, as in the progressive accuracy.
    private static final float POSITIVE = 0.5f;

    private Answer() {}

    /// @param classes whether scores are probabilities
    /// @param most bytes
    /// @throws Problem 413 where it would be longer
    static ByteBuffer of(MediaType type, Scores scores, boolean classes, String model, int most) {
        var out = new Bounded(most, scores.size);
        switch (type) {
            case JSON -> json(scores, classes, model, out);
            case CSV -> csv(scores, out);
        }
        return out.bytes();
    }

    private static void json(Scores scores, boolean classes, String model, Bounded out) {
        try (var json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeArrayPropertyStart("predictions");
            for (var i = 0; i < scores.size; i++) {
                json.writeStartObject();
                json.writeNumberProperty("score", scores.values[i]);
                if (classes) {
                    json.writeNumberProperty("predicted_label", scores.values[i] >= POSITIVE ? 1 : 0);
                }
                if (!scores.reasons.isEmpty()) {
                    reasons(scores.reasons.get(i), json);
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeStringProperty("model", model);
            json.writeEndObject();
        }
    }

    private static void reasons(Reasons reasons, JsonGenerator json) {
        json.writeNumberProperty("margin", reasons.margin());
        json.writeObjectPropertyStart("contributions");
        reasons.contributions().forEach(json::writeNumberProperty);
        json.writeEndObject();
    }

    private static void csv(Scores scores, Bounded out) {
        for (var i = 0; i < scores.size; i++) {
            var line = (scores.values[i] + "\n").getBytes(US_ASCII);
            out.write(line, 0, line.length);
        }
    }

    /// Bytes in memory, not too many.
    private static final class Bounded extends ByteArrayOutputStream {
        private final int most;
        private final int instances;

        Bounded(int most, int instances) {
            this.most = most;
            this.instances = instances;
        }

        @Override
        public synchronized void write(int b) {
            check(1);
            super.write(b);
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            check(length);
            super.write(bytes, offset, length);
        }

        synchronized ByteBuffer bytes() {
            return ByteBuffer.wrap(buf, 0, count);
        }

        private synchronized void check(int more) {
            if ((long) count + more > most) {
                throw Problem.tooLarge("the answer to " + instances + " instances", most);
            }
        }
    }
}
