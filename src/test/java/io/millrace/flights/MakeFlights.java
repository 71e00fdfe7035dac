package io.millrace.flights;

import io.millrace.schema.Flight;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;

/// Makes the bundled flights: the first million rows of a CSV file, in file order, as an Avro object container file.
///
/// - **Shape**: CSV with the header [#HEADER], gzipped; out come [#ROWS] records, [#BLOCK] to a block.
/// - **Units**: minutes since 1970-01-01 by the local clock of the origin, minutes of delay, miles.
/// - **Errors**: another header, a row without all five values or too few rows stop it; the file it was writing is then
/// incomplete.
/// - **Source**: US Bureau of Transportation Statistics, On-Time Performance 2001, public domain.
///
/// The same CSV and the same libraries make the same bytes: nothing random, no clock.
public final class MakeFlights {
    static final String HEADER = "date_epoch_minutes,delay,distance,origin,destination";
    static final int ROWS = 1_000_000;

    /// Rows to a block. Larger compresses better (250,000: 2 % smaller), smaller needs less memory to read (50,000: 3 %
    /// larger).
    static final int BLOCK = 100_000;

    /// Level 9 makes the same size, as a block is smaller than either dictionary, but costs a reader 64 MiB in place of
    /// 8.
    private static final int XZ_LEVEL = 6;

    /// Fixed, so that the output is; Avro would draw it at random.
    private static final byte[] SYNC = "millrace-flights".getBytes(StandardCharsets.US_ASCII);

    private MakeFlights() {}

    /// @param args the gzipped CSV file, the Avro file to write
    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            System.err.println("usage: MakeFlights FLIGHTS.csv.gz FLIGHTS.avro");
            System.exit(2);
        }
        make(Path.of(args[0]), Path.of(args[1]));
    }

    static void make(Path csv, Path avro) throws IOException {
        try (var in = new BufferedReader(new InputStreamReader(
                        new GZIPInputStream(Files.newInputStream(csv)), StandardCharsets.US_ASCII));
                var out = new BufferedOutputStream(Files.newOutputStream(avro));
                var writer = new DataFileWriter<Flight>(new SpecificDatumWriter<>(Flight.class))) {
            var header = in.readLine();
            if (!HEADER.equals(header)) {
                throw new IOException(csv + ", line 1: expected " + HEADER + ", found " + header);
            }
            writer.setCodec(CodecFactory.xzCodec(XZ_LEVEL));
            writer.setSyncInterval(1 << 30); // the largest allowed: blocks end by rows, below, and never by bytes
            writer.create(Flight.getClassSchema(), out, SYNC);
            for (int row = 1; row <= ROWS; row++) {
                var line = in.readLine();
                if (line == null) {
                    throw new IOException(csv + ": expected " + ROWS + " rows, found " + (row - 1));
                }
                writer.append(flight(line, row + 1));
                if (row % BLOCK == 0) {
                    writer.sync();
                }
            }
        }
    }

    private static Flight flight(String line, int number) throws IOException {
        var values = line.split(",", -1);
        if (values.length != 5 || values[3].isEmpty() || values[4].isEmpty()) {
            throw new IOException("line " + number + ": expected " + HEADER + ", found " + line);
        }
        try {
            return new Flight(
                    Long.parseLong(values[0]),
                    values[3],
                    values[4],
                    Integer.parseInt(values[2]),
                    Integer.parseInt(values[1]));
        } catch (NumberFormatException e) {
            throw new IOException("line " + number + ": expected whole numbers in " + HEADER + ", found " + line, e);
        }
    }
}
