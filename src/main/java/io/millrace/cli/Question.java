package io.millrace.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Something whose answer may be long in coming, as a broker's that is away. It is asked for on a thread of its own,
/// one
/// at a time, so that whoever wants to know can do other things meanwhile, such as stop.
final class Question<T> {
    private final Supplier<T> source;
    private final Duration patience;
    private @Nullable CompletableFuture<T> asked;
    private Instant since = Instant.EPOCH;

    /// @param source gives the answer or throws a [CommandException]
    /// @param patience how long [#answer] waits
    Question(Supplier<T> source, Duration patience) {
        this.source = source;
        this.patience = patience;
    }

    /// Asks, unless an earlier answer is still to come, and waits a little.
    ///
    /// @return empty where there is no answer yet
    /// @throws CommandException that the source threw
    Optional<T> answer() {
        if (asked == null) {
            since = Instant.now();
            asked = CompletableFuture.supplyAsync(
                    source, task -> Thread.ofVirtual().name("question").start(task));
        }
        try {
            var answer = asked.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            asked = null;
            return Optional.of(answer);
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            asked = null;
            if (e.getCause() instanceof CommandException failed) {
                throw failed;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /// When the last question was asked.
    Instant since() {
        return since;
    }
}
