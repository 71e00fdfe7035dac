package io.millrace.model;

import io.millrace.event.Wire;
import io.millrace.schema.Manifest;
import io.millrace.schema.VersionRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// What may happen to a version of one chunk on its way, as the bytes that arrive.
enum Damage {
    /// A bit of a weight is another.
    CORRUPTED(1) {
        @Override
        void harm(List<byte[]> records) {
            var chunk = records.getFirst();
            chunk[chunk.length - 10] ^= 4; // at most 5 bytes of checksum follow the weights
        }
    },
    /// The chunk ends early: it can't be read, and the manifest lacks it.
    CUT_OFF(2) {
        @Override
        void harm(List<byte[]> records) {
            records.set(0, Arrays.copyOf(records.getFirst(), records.getFirst().length / 2));
        }
    },
    /// The chunk is not there.
    TRUNCATED(1) {
        @Override
        void harm(List<byte[]> records) {
            records.removeFirst();
        }
    },
    /// The manifest comes first.
    REORDERED(1) {
        @Override
        void harm(List<byte[]> records) {
            Collections.reverse(records);
        }
    },
    /// All is whole, but not what the trainer had.
    WRONG_DIGEST(1) {
        @Override
        void harm(List<byte[]> records) {
            var record = Wire.decode(VersionRecord.getDecoder(), records.removeLast());
            var manifest = (Manifest) record.getBody();
            records.add(Wire.encode(
                    VersionRecord.getEncoder(),
                    new VersionRecord(Manifest.newBuilder(manifest)
                            .setDigest(manifest.getDigest() + 1)
                            .build())));
        }
    };

    /// Refusals that a delta so damaged causes.
    final int refusals;

    Damage(int refusals) {
        this.refusals = refusals;
    }

    abstract void harm(List<byte[]> records);

    /// The version, damaged.
    List<byte[]> of(List<VersionRecord> version) {
        var records = new ArrayList<byte[]>();
        version.forEach(record -> records.add(Wire.encode(VersionRecord.getEncoder(), record)));
        harm(records);
        return records;
    }
}
