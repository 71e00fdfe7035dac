package io.millrace.role;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.streams.state.StoreBuilder;

/// Makes [CellStore]s, one a task, and says how their changelog is kept: small segments that are compacted early, since
/// a commit
/// writes whole pages and a restore reads what is left.
record CellStoreBuilder(Supplier<CellStore> stores) implements StoreBuilder<CellStore> {
    @Override
    public CellStore build() {
        return stores.get();
    }

    @Override
    public String name() {
        return CellStore.NAME;
    }

    @Override
    public boolean loggingEnabled() {
        return true;
    }

    @Override
    public Map<String, String> logConfig() {
        return Map.of(
                "segment.bytes", Integer.toString(8 << 20),
                "min.cleanable.dirty.ratio", "0.1",
                "max.compaction.lag.ms", "60000",
                "delete.retention.ms", "1000",
                "message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE));
    }

    @Override
    public StoreBuilder<CellStore> withCachingEnabled() {
        throw new UnsupportedOperationException("cells are kept by the commit hook, not by a cache");
    }

    @Override
    public StoreBuilder<CellStore> withCachingDisabled() {
        return this;
    }

    @Override
    public StoreBuilder<CellStore> withLoggingEnabled(Map<String, String> config) {
        return this;
    }

    @Override
    public StoreBuilder<CellStore> withLoggingDisabled() {
        throw new UnsupportedOperationException("without their changelog cells would be lost");
    }
}
