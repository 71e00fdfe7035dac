package io.millrace.event;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;

/// An Avro object container, compressed or not. Avro unpacks its blocks; events are found in them by stepping over,
/// with the schema that they were written with.
final class AvroFile extends EventFile {
    private final Path path;
    private final DataFileStream<Object> stream;
    private final AvroDecoder decoder;
    private final AvroDecoder steps;
    private final Row nothing = new Row(new Fields(List.of()));
    private long left;
    private int end;
    private boolean ended;

    AvroFile(InputStream in, Path path, Fields fields) throws IOException {
        this.path = path;
        try {
            stream = new DataFileStream<>(in, new GenericDatumReader<>());
        } catch (IOException | AvroRuntimeException e) {
            throw broken(e);
        }
        try {
            decoder = new AvroDecoder(AvroType.record(stream.getSchema()), fields, false);
            steps = new AvroDecoder(stream.getSchema(), nothing.fields(), false);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("file " + path + ": " + e.getMessage(), e);
        }
    }

    /// What the events of a file are written with.
    static Schema schema(Path path) throws IOException {
        try (var file = open(path, in -> new AvroFile(in, path, new Fields(List.of())))) {
            return file.stream.getSchema();
        }
    }

    @Override
    public boolean next() throws IOException {
        try {
            while (left == 0) {
                if (ended || !stream.hasNext()) {
                    return end();
                }
                var block = stream.nextBlock();
                left = stream.getBlockCount();
                bytes = block.array();
                offset = block.arrayOffset() + block.position();
                length = 0;
                end = offset + block.remaining();
            }
            offset += length;
            length = steps.end(bytes, offset, end, nothing) - offset;
            left--;
        } catch (IOException | AvroRuntimeException | BadEvent e) {
            throw broken(e);
        }
        if (left == 0 && offset + length != end) {
            throw new IOException(path + " is broken: a block has more bytes than events");
        }
        return true;
    }

    /// Avro takes a file that was cut off for one that ends; asked again, it knows of events that it never read.
    private boolean end() throws IOException {
        if (!ended && stream.hasNext()) {
            throw new EOFException("it ends within a block");
        }
        ended = true;
        return false;
    }

    private IOException broken(Exception e) {
        return new IOException(path + " is broken: " + e.getMessage(), e);
    }

    @Override
    public EventDecoder decoder() {
        return decoder;
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
