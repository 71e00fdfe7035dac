package io.millrace.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.event.EventsConfig.Format;
import io.millrace.event.FileEvents;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;

/// Made-up flights from a seed, in files of every format.
public final class FlightFiles {
    static final Spec SPEC = SpecReader.resource("flights.yaml");
    static final String HEADER = "date,delay,distance,origin,destination";

    private static final String[] AIRPORTS = {"LAS", "PHL", "ATL", "SAV", "MCI", "MDW", "ANC", "LAX", "BOS", "SFO"};

    private FlightFiles() {}

    /// Rows of CSV in the order of [#HEADER]: a minute apart, late from some airports more often than from others.
    public static List<String> rows(int count, long seed) {
        var random = new Random(seed);
        var rows = new ArrayList<String>(count);
        for (var i = 0; i < count; i++) {
            var from = random.nextInt(AIRPORTS.length);
            var to = (from + 1 + random.nextInt(AIRPORTS.length - 1)) % AIRPORTS.length;
            var delay = (int) (random.nextGaussian() * 20 + 3 * from - 5);
            rows.add("%d,%d,%d,%s,%s"
                    .formatted(16_305_121 + i, delay, 200 + 100 * Math.abs(from - to), AIRPORTS[from], AIRPORTS[to]));
        }
        return rows;
    }

    /// Writes rows to a file whose name tells the format.
    public static Path write(Path file, List<String> rows) throws IOException {
        var name = file.getFileName().toString();
        if (name.endsWith(".gz")) {
            var plain = write(file.resolveSibling(name.substring(0, name.length() - 3)), rows);
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
                Files.copy(plain, out);
            }
            return file;
        }
        if (name.endsWith(".csv")) {
            return Files.writeString(file, HEADER + "\n" + String.join("\n", rows) + "\n");
        }
        var csv = write(file.resolveSibling(name + ".csv"), rows);
        return name.endsWith(".avro") ? avro(file, csv) : json(file, csv);
    }

    private static Path json(Path file, Path csv) throws IOException {
        var lines = new ArrayList<String>();
        for (var value : values(csv, Format.JSON)) {
            lines.add(new String(value, UTF_8));
        }
        return Files.write(file, lines);
    }

    private static Path avro(Path file, Path csv) throws IOException {
        var schema = new Schema.Parser().parse(SPEC.schemaText());
        try (var writer = new DataFileWriter<>(new GenericDatumWriter<>(schema))) {
            writer.create(schema, file.toFile());
            for (var value : values(csv, Format.AVRO)) {
                writer.appendEncoded(ByteBuffer.wrap(value));
            }
        }
        return file;
    }

    /// The rows of a file as values of a topic.
    static List<byte[]> values(Path file, Format format) throws IOException {
        var values = new ArrayList<byte[]>();
        try (var events = FileEvents.open(file, format, SPEC.schemaText(), Map.of(), Set.of())) {
            while (events.next()) {
                values.add(events.value());
            }
        }
        return values;
    }
}
