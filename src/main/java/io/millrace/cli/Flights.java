package io.millrace.cli;

import io.millrace.event.EventFile;
import io.millrace.event.Row;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/// The flights that ship with Millrace: 1,000,000 of the US Bureau of Transportation Statistics, January and February
/// 2001.
final class Flights {
    static final String FILE = "flights.avro";
    private static final long DAY = 86_400_000;

    private Flights() {}

    static Spec spec() {
        return SpecReader.resource("flights.yaml");
    }

    /// Copies the flights out of the jar, where they are not there yet.
    static Path file(Path folder) throws IOException {
        var file = folder.resolve(FILE);
        try (var bytes = Flights.class.getResourceAsStream("/" + FILE)) {
            if (bytes == null) {
                throw CommandException.failed(FILE + " is not among the classes: expected a whole build of Millrace");
            }
            if (!Files.exists(file)) {
                Files.createDirectories(folder);
                var part = folder.resolve(FILE + ".part");
                Files.copy(bytes, part, StandardCopyOption.REPLACE_EXISTING);
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            }
        }
        return file;
    }

    /// When the last day of a file begins: 24 hours before its latest event, in milliseconds since 1970.
    static long lastDay(Spec spec, Path path) throws IOException {
        var fields = spec.fields();
        var row = new Row(fields);
        var latest = Long.MIN_VALUE;
        try (var file = EventFile.open(path, fields, spec.schemaText(), Map.of())) {
            var reading = spec.reading(fields).by(file.decoder());
            while (file.next()) {
                file.decoder().decode(file.bytes(), file.offset(), file.length(), row);
                latest = Math.max(latest, reading.time(row, 0));
            }
        }
        return latest - DAY;
    }
}
