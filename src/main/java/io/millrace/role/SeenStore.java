package io.millrace.role;

import io.millrace.event.Wire;
import io.millrace.schema.SeenHeader;
import io.millrace.schema.SeenPage;
import io.millrace.schema.SeenRecord;
import io.millrace.spec.Spec;
import io.millrace.split.DedupeConfig;
import io.millrace.split.Seen;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.jspecify.annotations.Nullable;

/// The ids that a split task remembers, as a state store: in memory, restored from its changelog, which the [SplitStep]
/// writes through the commit hook, in the transaction of the blocks that the ids belong to.
///
/// A record of the changelog is a page of ids or the header. Pages of forgotten ids are deleted; where compaction still
/// has some, the header says which count. Restoring a record twice changes nothing.
final class SeenStore implements StateStore {
    static final String NAME = "seen";
    private static final long HEADER = -1;

    private final long specHash;
    private final String lineage;
    private final String topicId;
    private final String changelog;
    private final Seen seen;
    private @Nullable SeenHeader header;
    private boolean open;

    /// Offset in the source partition after the last event.
    long nextOffset;

    /// @param topicId of the topic that is read, see [Offsets#topicId]
    SeenStore(Spec spec, DedupeConfig dedupe, String lineage, String topicId) {
        specHash = spec.hash();
        this.lineage = lineage;
        this.topicId = topicId;
        changelog = changelog(spec, lineage);
        seen = new Seen(dedupe);
    }

    static String changelog(Spec spec, String lineage) {
        return spec.topic(lineage, "split") + "-" + NAME + "-changelog";
    }

    Seen seen() {
        return seen;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        seen.reset();
        header = null;
        nextOffset = 0;
        open = true;
        context.register(root, this::restore);
    }

    /// @param value null where a page is forgotten, which the header tells too
    private void restore(byte[] key, byte @Nullable [] value) {
        if (value == null) {
            return;
        }
        try {
            restore(Wire.decode(SeenRecord.getDecoder(), value).getBody());
        } catch (IllegalArgumentException broken) {
            throw new RoleException(changelog + " holds a broken record: " + broken.getMessage(), broken);
        }
    }

    private void restore(Object body) {
        if (body instanceof SeenPage page) {
            seen.restore(page);
        } else if (body instanceof SeenHeader found) {
            restore(found);
        } else {
            throw new RoleException(changelog + ": a record of kind " + body + ": expected a page or a header");
        }
    }

    private void restore(SeenHeader found) {
        if (found.getSpecHash() != specHash || !found.getLineage().equals(lineage)) {
            throw new RoleException(changelog + " is of spec " + LogOpening.hex(found.getSpecHash()) + ": expected "
                    + LogOpening.hex(specHash)
                    + ". The spec has changed; go back to the old one, or start a new lineage with --lineage");
        }
        if (!found.getTopicId().equals(topicId)) {
            throw new RoleException(changelog + " is of a topic with id " + found.getTopicId() + ": found " + topicId
                    + ". The topic was made anew; start a new lineage with --lineage");
        }
        seen.restore(found.getState());
        nextOffset = found.getNextOffset();
        header = found;
    }

    /// Called when restoring has ended: not before, for a standby sees pages and header one after the other.
    ///
    /// @throws RoleException if pages and header are not of one moment
    void check() {
        if (header != null && header.getNextOffset() == nextOffset && !seen.has(header.getState())) {
            throw new RoleException(changelog + " gives " + seen.size() + " ids: expected those "
                    + header.getState().getIds() + " that its header tells of. Some of it was lost;"
                    + " start a new lineage with --lineage");
        }
    }

    /// Sends what changed since the last time, then the header.
    ///
    /// @param timestamp of the last event
    void save(Producer<byte[], byte[]> producer, int partition, long timestamp) {
        seen.changes(new Seen.Changes() {
            @Override
            public void page(SeenPage page) {
                send(producer, partition, timestamp, page.getBucket(), page.getPage(), new SeenRecord(page));
            }

            @Override
            public void forgotten(long bucket, int page) {
                send(producer, partition, timestamp, bucket, page, null);
            }
        });
        header = new SeenHeader(lineage, specHash, topicId, nextOffset, seen.state());
        send(producer, partition, timestamp, HEADER, HEADER, new SeenRecord(header));
    }

    private void send(
            Producer<byte[], byte[]> producer,
            int partition,
            long timestamp,
            long bucket,
            long page,
            @Nullable SeenRecord record) {
        var key = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(bucket)
                .putLong(page)
                .array();
        var value = record == null ? null : Wire.encode(SeenRecord.getEncoder(), record);
        CommitBuffer.send(producer, new ProducerRecord<>(changelog, partition, timestamp, key, value));
    }

    @Override
    public void close() {
        open = false;
    }

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return open;
    }
}
