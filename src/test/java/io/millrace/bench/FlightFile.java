package io.millrace.bench;

import io.millrace.event.EventFile;
import io.millrace.event.EventsConfig;
import io.millrace.event.Fields;
import io.millrace.event.FileEvents;
import io.millrace.event.Row;
import io.millrace.replay.FileSource;
import io.millrace.replay.OffsetRange;
import io.millrace.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// The flights to measure with: all three million of a CSV file where it is, else the bundled first million.
///
/// `-Dbench.flights=FILE.csv.gz` says where to look.
record FlightFile(Path path, Map<String, String> columns) {
    private static final Path BUNDLED = Path.of("src/main/resources/flights.avro");

    static FlightFile find() {
        var whole = Path.of(System.getProperty("bench.flights", "../shared/data/flights-2001h1.csv.gz"));
        if (Files.isReadable(whole)) {
            System.out.println("flights: all of " + whole.getFileName());
            return new FlightFile(whole, Map.of("date_epoch_minutes", "date"));
        }
        System.out.println("flights: the bundled first 1,000,000, as " + whole + " is absent");
        return bundled();
    }

    /// The million that ships with Millrace.
    static FlightFile bundled() {
        return new FlightFile(BUNDLED, Map.of());
    }

    boolean isCsv() {
        return !path.equals(BUNDLED);
    }

    FileSource source(Spec spec) {
        return source(spec, OffsetRange.ALL);
    }

    FileSource source(Spec spec, OffsetRange rows) {
        return new FileSource(spec, List.of(path), rows, columns);
    }

    /// The same flights with one of two classes by name, `late`, in place of their delay: a file of its own, for
    /// `specs/late.yaml`.
    FlightFile withClasses() throws IOException {
        var target = Files.createDirectories(Path.of("target/bench")).resolve("late.csv");
        var columnsLeft = List.of("date", "origin", "destination", "distance");
        var fields = new Fields(
                Stream.concat(columnsLeft.stream(), Stream.of("delay")).toList());
        var row = new Row(fields);
        try (var file = EventFile.open(path, fields, Specs.flights().schemaText(), columns);
                var out = Files.newBufferedWriter(target)) {
            out.write(String.join(",", columnsLeft) + ",late\n");
            while (file.next()) {
                file.decoder().decode(file.bytes(), file.offset(), file.length(), row);
                for (var column = 0; column < columnsLeft.size(); column++) {
                    out.write(row.string(column));
                    out.write(',');
                }
                out.write(row.number(columnsLeft.size()) > 15 ? "late\n" : "on-time\n");
            }
        }
        return new FlightFile(target, Map.of());
    }

    /// The first flights as events of the topic.
    List<byte[]> events(Spec spec, int most) throws IOException {
        var events = new ArrayList<byte[]>();
        try (var file = FileEvents.open(path, EventsConfig.Format.AVRO, spec.schemaText(), columns, Set.of())) {
            while (events.size() < most && file.next()) {
                events.add(file.value());
            }
        }
        return events;
    }
}
