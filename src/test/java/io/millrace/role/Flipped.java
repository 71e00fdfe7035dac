package io.millrace.role;

import io.millrace.event.Row;
import io.millrace.flights.Flights;
import io.millrace.spec.Spec;
import io.millrace.split.GroupSplit;
import io.millrace.split.Split;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;

/// Flights whose labels are turned round, such as by a broken feed: late ones are on time, the others late.
public final class Flipped {
    private final Spec spec;
    private final Schema schema;

    public Flipped(Spec spec) {
        this.spec = spec;
        schema = new Schema.Parser().parse(Objects.requireNonNull(spec.schemaText()));
    }

    /// Turned round where the group is one to learn from; the others stay true.
    public List<byte[]> trainGroups(List<byte[]> events) {
        var fields = spec.fields();
        var reading = spec.reading(fields);
        var groups = new GroupSplit(spec.split(), fields);
        var row = new Row(fields);
        return events.stream()
                .map(event -> {
                    reading.decoder().decode(event, 0, event.length, row);
                    return groups.of(groups.group(row)) == Split.TRAIN ? flip(event) : event;
                })
                .toList();
    }

    private byte[] flip(byte[] event) {
        try {
            var flight = new GenericDatumReader<GenericRecord>(schema)
                    .read(null, DecoderFactory.get().binaryDecoder(event, null));
            var delay = flight.get("delay");
            if (delay != null) {
                flight.put("delay", ((Number) delay).intValue() > 15 ? 0 : 60);
            }
            return Flights.bytes(flight);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
