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
/// - **Several classes**: the score is an array of their probabilities, in the order of the spec (contract S12); as CSV
///   they stand in one line, with commas between.
/// - **Units**: a score is a probability, or the value itself where the label is a number; only the former has a
/// predicted label, which has the name that the spec gives the class, if any.
final class Answer {
    /// Names the version that answered.
    static final String MODEL_HEADER = "X-Millrace-Model";

    static final JsonFactory JSON = new JsonFactory();

    private Answer() {}

    /// @param labels names what a prediction says
    /// @param most bytes
    /// @throws Problem 413 where it would be longer
    static ByteBuffer of(MediaType type, Scores scores, Labels labels, String model, int most) {
        var out = new Bounded(most, scores.size);
        switch (type) {
            case JSON -> json(scores, labels, model, out);
            case CSV -> csv(scores, out);
        }
        return out.bytes();
    }

    private static void json(Scores scores, Labels labels, String model, Bounded out) {
        try (var json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeArrayPropertyStart("predictions");
            for (var i = 0; i < scores.size; i++) {
                json.writeStartObject();
                score(scores, i, json);
                labels.write(scores.values, i * scores.outputs, json);
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

    private static void score(Scores scores, int instance, JsonGenerator json) {
        if (scores.outputs == 1) {
            json.writeNumberProperty("score", scores.values[instance]);
            return;
        }
        json.writeArrayPropertyStart("score");
        for (var k = 0; k < scores.outputs; k++) {
            json.writeNumber(scores.values[instance * scores.outputs + k]);
        }
        json.writeEndArray();
    }

    private static void reasons(Reasons reasons, JsonGenerator json) {
        json.writeNumberProperty("margin", reasons.margin());
        json.writeObjectPropertyStart("contributions");
        reasons.contributions().forEach(json::writeNumberProperty);
        json.writeEndObject();
    }

    private static void csv(Scores scores, Bounded out) {
        for (var i = 0; i < scores.size * scores.outputs; i++) {
            var end = (i + 1) % scores.outputs == 0 ? "\n" : ",";
            var number = (scores.values[i] + end).getBytes(US_ASCII);
            out.write(number, 0, number.length);
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
