package io.millrace.role;

import io.millrace.event.Wire;
import io.millrace.schema.Manifest;
import io.millrace.schema.VersionRecord;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// How many versions a topic holds, and how large they are.
final class VersionSizes {
    int count;
    /// Number of the last one.
    long last;
    /// Bytes of the largest one, its chunks and its manifest.
    long largest;

    VersionSizes(List<ConsumerRecord<byte[], byte[]>> records) {
        var bytes = 0L;
        for (var record : records) {
            bytes += record.value().length;
            if (Wire.decode(VersionRecord.getDecoder(), record.value()).getBody() instanceof Manifest manifest) {
                count++;
                last = manifest.getVersion();
                largest = Math.max(largest, bytes);
                bytes = 0;
            }
        }
    }

    @Override
    public String toString() {
        return count + " versions up to " + last + ", the largest of " + largest + " bytes";
    }
}
