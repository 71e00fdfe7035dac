package io.millrace.role;

import io.millrace.spec.Spec;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets events by id go that were split: what lies before a committed offset is never read again. Time never deletes
/// one.
final class ByIdRetention implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ByIdRetention.class);

    /// Bytes between two deletions: as much as a segment, for nothing less is freed.
    static final int STEP = 16 << 20;

    /// Offsets that stay, for [SourceCheck] looks through them.
    static final long STAYS = SourceCheck.TAIL;

    private final Admin admin;
    private final Map<TopicPartition, Long> read = new ConcurrentHashMap<>();

    ByIdRetention(Map<String, Object> client) {
        admin = Admin.create(client);
    }

    /// @return null where the spec has no such topic
    static @Nullable ByIdRetention of(Spec spec, RoleSettings settings) {
        return ById.isUsed(spec) ? new ByIdRetention(settings.client()) : null;
    }

    /// Called when a transaction that has read up to an offset is known to be committed.
    ///
    /// @param bytes that it has read
    void committed(TopicPartition partition, long offset, long bytes) {
        if (read.merge(partition, bytes, Long::sum) < STEP || offset <= STAYS) {
            return;
        }
        read.put(partition, 0L);
        var _ = admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset - STAYS)))
                .all()
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        log.atWarn()
                                .setCause(failure)
                                .addKeyValue("partition", partition)
                                .log("events that were split could not be deleted; later ones try again");
                    }
                });
    }

    @Override
    public void close() {
        admin.close();
    }
}
