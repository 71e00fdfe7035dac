package io.millrace.model;

import io.millrace.schema.Manifest;
import java.time.Instant;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;

/// A manifest for people and programs that read no Avro: `manifest.json`, `GET /models`. Digests and hashes are
/// hexadecimal text,
/// times ISO 8601.
public final class ManifestJson {
    private ManifestJson() {}

    /// Writes the properties of a manifest into the object begun; the spec and the scalers stay out.
    public static void write(Manifest manifest, JsonGenerator into) {
        into.writeStringProperty("name", Model.name(manifest.getLineage(), manifest.getVersion()));
        into.writeStringProperty("lineage", manifest.getLineage());
        into.writeNumberProperty("version", manifest.getVersion());
        into.writeStringProperty("kind", manifest.getParent() == null ? "keyframe" : "delta");
        into.writeNumberProperty("examples", manifest.getExamples());
        into.writeNumberProperty("log_offset", manifest.getLogOffset());
        into.writeStringProperty(
                "event_time", Instant.ofEpochMilli(manifest.getEventTime()).toString());
        into.writeNumberProperty("bits", manifest.getBits());
        into.writeStringProperty("digest", hex(manifest.getDigest()));
        into.writeStringProperty("spec_hash", hex(manifest.getSpecHash()));
        into.writeNumberProperty("lane", manifest.getLane());
        into.writeStringProperty("kernel", manifest.getKernel());
        into.writeStringProperty("device", manifest.getDevice());
        into.writeNumberProperty("examples_per_second", Math.round(manifest.getExamplesPerSecond()));
        into.writeStringProperty("software", manifest.getSoftware());
        into.writeObjectPropertyStart("metrics");
        new TreeMap<>(manifest.getMetrics()).forEach((name, value) -> writeFinite(name, value, into));
        into.writeEndObject();
    }

    /// Sixteen digits, as digests stand everywhere people see them.
    public static String hex(long bits) {
        return String.format("%016x", bits);
    }

    private static void writeFinite(String name, double value, JsonGenerator into) {
        if (Double.isFinite(value)) {
            into.writeNumberProperty(name, value);
        } else {
            into.writeNullProperty(name); // JSON has no word for it
        }
    }
}
