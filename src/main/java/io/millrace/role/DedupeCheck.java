package io.millrace.role;

import io.millrace.spec.Spec;
import io.millrace.split.DedupeConfig;
import io.millrace.split.Seen;
import io.millrace.split.Split;
import org.apache.kafka.clients.admin.Admin;

/// What a split that drops duplicates asks before it starts.
final class DedupeCheck {
    private DedupeCheck() {}

    /// Whether the ids of all partitions fit in half of the heap, as one instance may come to have them all.
    ///
    /// @param topic that the split reads events from
    /// @param heap most bytes of it
    /// @throws RoleException if they do not
    static void heap(Spec spec, String topic, int partitions, long heap) {
        var ids = (long) spec.split().dedupe().map(DedupeConfig::most).orElse(0) * partitions;
        if (ids * Seen.BYTES > heap / 2) {
            throw new RoleException("split.dedupe.most = " + ids / partitions + " for each of the " + partitions
                    + " partitions of " + topic + " may take " + mebibytes(ids * Seen.BYTES)
                    + " MiB: expected at most half of the heap of " + mebibytes(heap)
                    + " MiB. Start with a larger one (-Xmx), or let fewer ids be remembered");
        }
    }

    private static long mebibytes(long bytes) {
        return bytes >> 20;
    }

    /// Whether what was seen is still there, where there is a log.
    ///
    /// @throws RoleException if the changelog is gone
    static void changelog(Spec spec, RoleSettings settings) {
        if (spec.split().dedupe().isEmpty()) {
            return;
        }
        var changelog = SeenStore.changelog(spec, settings.lineage());
        try (var admin = Admin.create(settings.client())) {
            if (Topics.describe(admin, changelog).isPresent()) {
                return;
            }
        }
        for (var split : Split.values()) {
            var topic = spec.topic(settings.lineage(), split.word());
            if (BlockTopic.hasBlock(settings.client(), topic)) {
                throw new RoleException(topic + " holds blocks, but " + changelog
                        + " does not exist: what was seen is lost, and duplicates of it would be learned. Start a new"
                        + " lineage with --lineage");
            }
        }
    }
}
