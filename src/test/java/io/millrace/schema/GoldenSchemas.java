package io.millrace.schema;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.SchemaFormatter;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.SchemaParser;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;

/// The schemas as they are in `schemas/`, and as they were when published: `golden/schemas/NAME.avsc`, whole, beside
/// `NAME.0.bin`, `NAME.1.bin` …, a sample record each as it stands on Kafka. One that got a field later is `NAME-2`.
///
/// Golden files are kept for ever. New ones are written by `mvn test -Dtest=GoldenSchemasTest -Dmillrace.golden=write`,
/// which leaves those that exist as they are.
final class GoldenSchemas {
    static final String COMMAND = "mvn test -Dtest=GoldenSchemasTest -Dmillrace.golden=write";

    private static final Path TODAY = Path.of("schemas");
    private static final Path GOLDEN = Path.of("src/test/resources/golden/schemas");

    private GoldenSchemas() {}

    /// The schemas of today by the names of their files.
    static Map<String, Schema> today() {
        try {
            var parser = new SchemaParser();
            var parsed = new TreeMap<String, SchemaParser.ParseResult>();
            for (var name : names(TODAY)) {
                parsed.put(name, parser.parse(TODAY.resolve(name + ".avsc")));
            }
            var schemas = new TreeMap<String, Schema>();
            parsed.forEach((name, result) -> schemas.put(name, result.mainSchema()));
            return schemas;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The names of the schemas that were ever published, `NAME-2` beside `NAME`.
    static List<String> names() {
        return names(GOLDEN);
    }

    /// The name that a published schema has today: without the number of its edition.
    static String subject(String name) {
        return name.replaceFirst("-[0-9]+$", "");
    }

    /// Whether a schema of today was published as it is, but for what is no part of the bytes: its doc and defaults.
    static boolean published(String name) {
        var today = SchemaNormalization.toParsingForm(today().get(name));
        return names().stream()
                .filter(golden -> subject(golden).equals(name))
                .anyMatch(golden ->
                        SchemaNormalization.toParsingForm(schema(golden)).equals(today));
    }

    static Schema schema(String name) {
        try {
            return SchemaParser.parseSingle(GOLDEN.resolve(name + ".avsc"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<byte[]> samples(String name) {
        try {
            var samples = new ArrayList<byte[]>();
            for (var file = sample(name, 0); Files.exists(file); file = sample(name, samples.size())) {
                samples.add(Files.readAllBytes(file));
            }
            return samples;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] encode(Schema schema, GenericRecord record) {
        try {
            return bytes(new BinaryMessageEncoder<GenericRecord>(GenericData.get(), schema).encode(record));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Writes what is missing.
    static void write() throws IOException {
        Files.createDirectories(GOLDEN);
        for (var entry : today().entrySet()) {
            if (published(entry.getKey())) {
                continue;
            }
            var editions = names().stream()
                    .filter(golden -> subject(golden).equals(entry.getKey()))
                    .count();
            var name = editions == 0 ? entry.getKey() : entry.getKey() + "-" + (editions + 1);
            Files.writeString(
                    GOLDEN.resolve(name + ".avsc"), SchemaFormatter.format("json/pretty", entry.getValue()) + "\n");
            var records = SampleRecords.of(entry.getValue());
            for (var number = 0; number < records.size(); number++) {
                Files.write(sample(name, number), encode(entry.getValue(), records.get(number)));
            }
        }
    }

    private static Path sample(String name, int number) {
        return GOLDEN.resolve(name + "." + number + ".bin");
    }

    private static List<String> names(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".avsc"))
                    .map(name -> name.substring(0, name.length() - ".avsc".length()))
                    .sorted()
                    .collect(Collectors.toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        var bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
