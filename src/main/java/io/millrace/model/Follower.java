package io.millrace.model;

import org.jspecify.annotations.Nullable;

/// Follows the versions topic of a lineage in a thread of its own and holds the newest whole version in one volatile
/// field.
public final class Follower implements AutoCloseable {
    /// Told of each version that became current, on the follower's thread.
    public interface Listener {
        void swapped(Model model);
    }

    public Follower(java.util.Map<String, Object> clientProperties, String topic, Listener listener) {
        throw new UnsupportedOperationException();
    }

    /// The newest whole version, or null before the first.
    public @Nullable Model current() {
        throw new UnsupportedOperationException();
    }

    /// Versions refused since start, with the last reason in the log.
    public long refused() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
