package io.millrace.role;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.state.StoreBuilder;

/// Makes stores in memory that the commit hook keeps, one a task, and says how their changelog is kept: small segments
/// that are compacted early, since a commit writes whole pages and a restore reads what is left.
///
/// @param name of the store, which is in the name of its changelog
record MemoryStoreBuilder<S extends StateStore>(String name, Supplier<S> stores) implements StoreBuilder<S> {
    @Override
    public S build() {
        return stores.get();
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
    public StoreBuilder<S> withCachingEnabled() {
        throw new UnsupportedOperationException("state is kept by the commit hook, not by a cache");
    }

    @Override
    public StoreBuilder<S> withCachingDisabled() {
        return this;
    }

    @Override
    public StoreBuilder<S> withLoggingEnabled(Map<String, String> config) {
        return this;
    }

    @Override
    public StoreBuilder<S> withLoggingDisabled() {
        throw new UnsupportedOperationException("without its changelog state would be lost");
    }
}
