package io.millrace.model;

import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Something that always has the version to answer with.
public interface Following extends AutoCloseable {
    /// The version to answer with, or null before the first.
    @Nullable
    Model current();

    /// Versions that became current since start.
    long swaps();

    /// Versions refused since start, with the reason in the log.
    long refused();

    /// Committed records of the versions topic not read yet, as of the last poll; empty before it was first reached.
    OptionalLong lag();

    /// Completes exceptionally with a [FollowerException] when it has died: what is current grows old then.
    CompletableFuture<Void> failure();

    @Override
    void close();
}
