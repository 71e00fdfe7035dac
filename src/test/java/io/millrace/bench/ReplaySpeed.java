package io.millrace.bench;

import io.millrace.replay.Replay;
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
        var replayed = new Rate("replay of " + file.path().getFileName(), "rows");
        var unpacked = new Rate("unpacking it alone", "rows");
        for (var round = 0; round < Rounds.ALL; round++) {
            var watch = new Stopwatch();
            var rows = replay(file);
            replayed.add(rows, watch);
            if (file.isCsv()) {
                watch = new Stopwatch();
                unpack(file);
                unpacked.add(rows, watch);
            }
        }
        replayed.print();
        if (file.isCsv()) {
            unpacked.print();
        }
    }

    private static long replay(FlightFile file) throws IOException {
        var spec = Specs.flights();
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
