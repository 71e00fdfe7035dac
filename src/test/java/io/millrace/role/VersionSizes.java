package io.millrace.role;

import io.millrace.event.Wire;
import io.millrace.model.VersionReader;
import io.millrace.schema.Manifest;
import io.millrace.schema.VersionRecord;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// How many versions a topic holds, how large they are, and whether they can be read from its first record on.
final class VersionSizes {
    int count;
    /// Number of the last one.
    long last;
    /// Bytes of the largest one, its chunks and its manifest.
    long largest;
    /// Whether the first record there is that of a keyframe, none of it deleted.
    boolean beginsWithKeyframe;
    /// Versions that whoever reads the whole topic makes.
    int whole;
    /// Versions refused on the way.
    long refused;

    VersionSizes(List<ConsumerRecord<byte[], byte[]>> records) {
        var reader = new VersionReader();
        var bytes = 0L;
        var chunks = 0;
        for (var record : records) {
            var decoded = Wire.decode(VersionRecord.getDecoder(), record.value());
            whole += reader.accept(decoded) == null ? 0 : 1;
            bytes += record.value().length;
            if (decoded.getBody() instanceof Manifest manifest) {
                if (count == 0) {
                    beginsWithKeyframe = manifest.getParent() == null && chunks == manifest.getChunks();
                }
                count++;
                last = manifest.getVersion();
                largest = Math.max(largest, bytes);
                bytes = 0;
            }
            chunks++;
        }
        refused = reader.refused();
    }

    @Override
    public String toString() {
        return count + " versions up to " + last + ", " + whole + " of them whole, the largest of " + largest
                + " bytes";
    }
}
