package io.millrace.role;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.schema.Flight;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/// Flights as objects, to be changed, and as bare Avro binary.
final class SomeFlights {
    private SomeFlights() {}

    static Flight read(byte[] bytes) {
        try {
            var decoder = DecoderFactory.get().binaryDecoder(bytes, null);
            var read = new GenericDatumReader<GenericRecord>(Flight.getClassSchema()).read(null, decoder);
            return new Flight(
                    (Long) read.get("date"),
                    read.get("origin").toString(),
                    read.get("destination").toString(),
                    (Integer) read.get("distance"),
                    (Integer) read.get("delay"));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static byte[] write(Flight flight) {
        try {
            var out = new ByteArrayOutputStream(32);
            new GenericDatumWriter<GenericRecord>(Flight.getClassSchema())
                    .write(flight, EncoderFactory.get().directBinaryEncoder(out, null));
            return out.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /// The same flight, its delay not yet known.
    static byte[] unlabelled(byte[] bytes) {
        var flight = read(bytes);
        return write(
                new Flight(flight.getDate(), flight.getOrigin(), flight.getDestination(), flight.getDistance(), null));
    }

    /// The same flight from nowhere to nowhere.
    static byte[] groupless(byte[] bytes) {
        var flight = read(bytes);
        return write(new Flight(flight.getDate(), "", "", flight.getDistance(), flight.getDelay()));
    }

    /// A flight whose last bytes are lost.
    static byte[] truncated(byte[] bytes) {
        return java.util.Arrays.copyOf(bytes, bytes.length / 2);
    }

    /// What a client asks of it, as JSON.
    static byte[] instance(byte[] bytes) {
        var flight = read(bytes);
        return "{\"date\":%d,\"origin\":\"%s\",\"destination\":\"%s\",\"distance\":%d}"
                .formatted(flight.getDate(), flight.getOrigin(), flight.getDestination(), flight.getDistance())
                .getBytes(UTF_8);
    }
}
