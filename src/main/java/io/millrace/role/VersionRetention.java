package io.millrace.role;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets old versions go: everything before the keyframe that the newest `publish.keep` versions need. Time never
/// deletes a version.
///
/// The offset of a keyframe is known once its transaction has committed, so it joins the trainer's state one version
/// later. What a
/// crash forgets is only a chance to delete, made good by the next keyframe.
final class VersionRetention implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(VersionRetention.class);

    private final Admin admin;
    private final TopicPartition versions;
    private final Map<Long, Future<RecordMetadata>> sent = new TreeMap<>();
    private long oldestNeeded;

    VersionRetention(Map<String, Object> client, String topic) {
        admin = Admin.create(client);
        versions = new TopicPartition(topic, 0);
    }

    /// A task begins with the keyframes that its state knows: what an earlier one sent may have been aborted.
    void begin() {
        sent.clear();
        oldestNeeded = 0;
    }

    void keyframe(long version, Future<RecordMetadata> first) {
        sent.put(version, first);
    }

    /// @param version the keyframe before which nothing is needed any more; 0 while everything is
    void oldestNeeded(long version) {
        oldestNeeded = version;
    }

    /// Called when the transaction of the last version is known to be committed: notes offsets, then deletes.
    void clean(NavigableMap<Long, Long> keyframes) {
        sent.forEach((version, first) -> {
            try {
                keyframes.put(version, first.get().offset());
            } catch (ExecutionException lost) {
                log.atWarn().setCause(lost).addKeyValue("version", version).log("offset of a keyframe is unknown");
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        sent.clear();
        var needed = keyframes.floorEntry(oldestNeeded);
        if (needed == null || keyframes.firstKey().equals(needed.getKey())) {
            return;
        }
        keyframes.headMap(needed.getKey()).clear();
        var _ = admin.deleteRecords(Map.of(versions, RecordsToDelete.beforeOffset(needed.getValue())))
                .all()
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        log.atWarn()
                                .setCause(failure)
                                .addKeyValue("topic", versions.topic())
                                .log("old versions could not be deleted; the next keyframe tries again");
                    }
                });
    }

    @Override
    public void close() {
        admin.close();
    }
}
