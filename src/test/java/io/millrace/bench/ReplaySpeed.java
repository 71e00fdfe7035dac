package io.millrace.bench;

import io.millrace.replay.Replay;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.zip.GZIPInputStream;

/// Replay of a file: rows a second, everything (unpacking, parsing, hashing, learning) on one thread. Beside it, of the
/// same file, what unpacking alone takes.
final class ReplaySpeed {
    private ReplaySpeed() {}

    static void run() throws IOException {
        var file = FlightFile.find();
        replay(file); // warms up
        var rows = new Rounds("replay of " + file.path().getFileName(), "rows/s");
        var unpacked = new Rounds("unpacking it alone", "rows/s");
        for (var round = 0; round < Rounds.COUNT; round++) {
            var start = System.nanoTime();
            var count = replay(file);
            rows.add(count / seconds(start));
            if (file.isCsv()) {
                start = System.nanoTime();
                unpack(file);
                unpacked.add(count / seconds(start));
            }
        }
        rows.print();
        if (file.isCsv()) {
            unpacked.print();
        }
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static long replay(FlightFile file) throws IOException {
        var spec = SpecReader.resource("flights.yaml");
        try (var source = file.source(spec)) {
            return new Replay(spec).run(source, (_, _) -> {}).logOffset();
        }
    }

    private static void unpack(FlightFile file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file.path()), 1 << 16)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        }
    }
}
