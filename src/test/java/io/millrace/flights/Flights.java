package io.millrace.flights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.EncoderFactory;

/// The bundled flights for tests.
public final class Flights {
    private Flights() {}

    /// The first flights in file order, each as bare Avro binary.
    public static List<byte[]> first(int count) {
        try (var in = Objects.requireNonNull(Flights.class.getResourceAsStream("/flights.avro"));
                var flights = new DataFileStream<>(in, new GenericDatumReader<GenericRecord>())) {
            var events = new ArrayList<byte[]>(count);
            while (events.size() < count) {
                events.add(bytes(flights.next()));
            }
            return events;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// One flight as bare Avro binary.
    public static byte[] bytes(GenericRecord flight) {
        try {
            var out = new ByteArrayOutputStream(32);
            var encoder = EncoderFactory.get().directBinaryEncoder(out, null);
            new GenericDatumWriter<GenericRecord>(flight.getSchema()).write(flight, encoder);
            return out.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
