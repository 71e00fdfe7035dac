package io.millrace.serve;

import io.millrace.event.BadEvent;
import io.millrace.event.JsonDecoder;
import io.millrace.event.JsonFault;
import io.millrace.event.Row;
import org.eclipse.jetty.http.HttpStatus;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// `{"instances":[{"origin":"BOS","distance":200},["BOS",200]]}`: objects of named fields, or arrays of values in the
/// order of
/// [FeatureFields]. A field that is absent or `null` is missing.
final class JsonInstances implements Instances {
    private static final String EXPECTED = "expected {\"instances\": [...]}";

    private final FeatureFields features;
    private final JsonDecoder decoder;

    JsonInstances(FeatureFields features) {
        this.features = features;
        decoder = new JsonDecoder(features.fields);
    }

    @Override
    public void read(byte[] bytes, int length, Row row, Runnable each) {
        try (var parser = JsonDecoder.parser(bytes, 0, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw fault("body is no JSON object: " + EXPECTED);
            }
            var name = parser.nextName();
            if (!"instances".equals(name)) {
                throw fault(name == null ? "body has no member: " + EXPECTED : unexpected(name));
            }
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw fault("instances is no array: " + EXPECTED);
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                decoder.begin(row);
                instance(parser, row);
                each.run();
            }
            var next = parser.nextName();
            if (next != null) {
                throw fault(unexpected(next));
            }
            if (parser.nextToken() != null) {
                throw fault("body goes on after its JSON object: " + EXPECTED);
            }
        } catch (JacksonException e) {
            // contract S8: not to be parsed is another thing than not what was expected, which is 400 (contract ML3)
            throw Problem.of(
                    HttpStatus.UNSUPPORTED_MEDIA_TYPE_415,
                    "Not JSON",
                    JsonFault.message("body", e, bytes, 0, length, !features.fields.redactsAny()));
        }
    }

    private void instance(JsonParser parser, Row row) {
        switch (parser.currentToken()) {
            case START_OBJECT -> object(parser, row);
            case START_ARRAY -> array(parser, row);
            default -> throw new BadEvent("is neither an object nor an array");
        }
    }

    private void object(JsonParser parser, Row row) {
        for (var name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            var slot = features.fields.slot(name);
            if (slot >= 0) {
                decoder.set(slot, parser, row);
            } else {
                features.requireNamed(name);
                parser.skipChildren();
            }
        }
    }

    private void array(JsonParser parser, Row row) {
        var slots = features.fields.size();
        var slot = 0;
        for (; parser.nextToken() != JsonToken.END_ARRAY; slot++) {
            if (slot == slots) {
                throw new BadEvent("has more than " + slots + " values: expected " + features.list());
            }
            decoder.set(slot, parser, row);
        }
        if (slot < slots) {
            throw new BadEvent("has " + slot + " values: expected " + slots + ": " + features.list());
        }
    }

    private static String unexpected(String name) {
        return BadEvent.quote(name) + " is unknown in the body: " + EXPECTED;
    }

    private static Problem fault(String detail) {
        return Problem.badRequest("Bad body", detail);
    }
}
