package io.millrace.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/// Reads events that are records of one Avro schema: binary encoding, bare or in single-object framing (`C3 01`, then
/// the schema's CRC-64-AVRO fingerprint).
///
/// - **Errors**: a truncated event, one with bytes left over and one of another schema are [BadEvent]s. A bare event
///   that starts with `C3 01` (a first field of -98) is taken for a framed one; producers of such events should frame
///   them all.
/// - **Source**: Apache Avro 1.12 specification, *Binary encoding*, *Single-object encoding*.
public final class AvroDecoder implements EventDecoder {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int HEADER = 10;

    private final AvroType record;
    private final boolean framed;
    private final long fingerprint;
    private final boolean quoting;
    private final AvroReader reader;

    /// A decoder of the values of a topic, bare or framed.
    ///
    /// @param schema text of the schema the events are written with
    /// @throws IllegalArgumentException if it is no schema of a record, or a named field is not there or no
    ///     value
    public AvroDecoder(String schema, Fields fields) {
        this(AvroType.parse(schema), fields, true);
    }

    /// @param framed whether `C3 01` at the start is a frame; in container files it is data
    AvroDecoder(Schema schema, Fields fields, boolean framed) {
        this.record = AvroType.of(schema, fields);
        this.framed = framed;
        this.fingerprint = SchemaNormalization.parsingFingerprint64(schema);
        this.quoting = !fields.redactsAny();
        this.reader = new AvroReader(quoting);
    }

    @Override
    public void decode(byte[] bytes, int offset, int length, Row row) {
        row.clear();
        int start = offset;
        if (framed && length >= 2 && bytes[offset] == (byte) 0xc3 && bytes[offset + 1] == 1) {
            start += HEADER;
            if (length < HEADER) {
                throw new BadEvent("event of " + length + " bytes ends within its single-object header");
            }
            long written = (long) LONG.get(bytes, offset + 2);
            if (written != fingerprint) {
                throw new BadEvent("event is of another schema: its fingerprint is "
                        + (quoting ? hex(written) : BadEvent.REDACTED) + ", expected " + hex(fingerprint));
            }
        }
        int rest = offset + length - reader.read(record, bytes, start, offset + length, row);
        if (rest > 0) {
            throw new BadEvent("event of " + length + " bytes has " + rest + " more than its schema says");
        }
    }

    /// Where the bare datum that starts at `offset` ends.
    ///
    /// @throws BadEvent if it lies beyond `end`
    int end(byte[] bytes, int offset, int end, Row row) {
        return reader.read(record, bytes, offset, end, row);
    }

    private static String hex(long fingerprint) {
        return HexFormat.of().toHexDigits(fingerprint);
    }
}
