package io.millrace.model;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import io.millrace.event.Wire;
import io.millrace.schema.Manifest;
import io.millrace.schema.VersionRecord;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/// One version as files in a directory: `version.avro`, the records of a keyframe in an Avro object container, and
/// `manifest.json` for people.
///
/// `version.avro` is all that is read back. It is replaced in one step: a reader sees the version before or this one,
/// whole.
public final class ModelFiles {
    static final String VERSION = "version.avro";
    static final String MANIFEST = "manifest.json";

    static {
        Wire.trust();
    }

    private ModelFiles() {}

    /// Writes a keyframe into `directory`, which is made where it is missing.
    ///
    /// @param keyframe chunks, then their manifest
    /// @throws VersionException if they make no whole version: nothing is written then
    public static void write(Path directory, List<VersionRecord> keyframe) throws IOException {
        var manifest = Model.of(null, keyframe).manifest();
        Files.createDirectories(directory);
        replace(directory.resolve(VERSION), out -> writeRecords(keyframe, out));
        replace(directory.resolve(MANIFEST), out -> writeManifest(manifest, out));
    }

    /// Reads back what [#write] wrote, with all the checks of a version that comes over Kafka.
    ///
    /// @throws VersionException if there is none, or it is broken; names the file
    public static Model read(Path directory) {
        var file = directory.resolve(VERSION);
        if (!Files.isRegularFile(file)) {
            throw new VersionException(
                    file + " is missing: expected a version written by millrace replay --out " + directory);
        }
        try {
            return Model.of(null, readRecords(file));
        } catch (IOException | AvroRuntimeException | VersionException e) {
            throw new VersionException(file + ": " + e.getMessage());
        }
    }

    private static List<VersionRecord> readRecords(Path file) throws IOException {
        var records = new ArrayList<VersionRecord>();
        try (var reader =
                new DataFileReader<VersionRecord>(file.toFile(), new SpecificDatumReader<>(VersionRecord.class))) {
            reader.forEach(records::add);
        }
        return records;
    }

    private static void writeRecords(List<VersionRecord> records, OutputStream out) throws IOException {
        try (var writer = new DataFileWriter<VersionRecord>(new SpecificDatumWriter<>(VersionRecord.class))) {
            writer.create(VersionRecord.getClassSchema(), out);
            for (var record : records) {
                writer.append(record);
            }
        }
    }

    private static void writeManifest(Manifest manifest, OutputStream out) {
        var pretty = new ObjectWriteContext.Base() {
            @Override
            public DefaultPrettyPrinter getPrettyPrinter() {
                return new DefaultPrettyPrinter();
            }
        };
        try (var json = new JsonFactory().createGenerator(pretty, out)) {
            json.writeStartObject();
            ManifestJson.write(manifest, json);
            json.writeEndObject();
            json.writeRaw("\n");
        }
    }

    private interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /// Writes a file beside `file`, forces it to the disk, then gives it the name.
    private static void replace(Path file, Content content) throws IOException {
        var fresh = file.resolveSibling(file.getFileName() + ".tmp");
        try (var out = new BufferedOutputStream(Files.newOutputStream(fresh))) {
            content.writeTo(out);
        }
        try (var channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(fresh, file, ATOMIC_MOVE, REPLACE_EXISTING);
    }
}
