package io.millrace.serve;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// One request's body, gathered as it comes: no thread waits for it. Ends once, in bytes or in a failure.
final class Body {
    private static final int FIRST_BYTES = 4096;

    private final Request request;
    private final ServeConfig config;
    private final Held held;
    private final BiConsumer<byte[], Integer> whole;
    private final Consumer<Throwable> failed;
    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;
    private boolean ended;
    private Scheduler.@Nullable Task deadline;

    private Body(
            Request request,
            ServeConfig config,
            Held held,
            BiConsumer<byte[], Integer> whole,
            Consumer<Throwable> failed) {
        this.request = request;
        this.config = config;
        this.held = held;
        this.whole = whole;
        this.failed = failed;
    }

    /// Reads the body of `request`.
    ///
    /// @param held what all bodies of the server hold together
    /// @param whole gets an array and how much of it is the body
    /// @param failed gets a [Problem] (408, 411, 413, 503), or what else went wrong
    static void read(
            Request request,
            ServeConfig config,
            Held held,
            BiConsumer<byte[], Integer> whole,
            Consumer<Throwable> failed) {
        var headers = request.getHeaders();
        if (request.getLength() > config.maxBodyBytes()) {
            failed.accept(Problem.tooLarge("body of " + request.getLength() + " bytes", config.maxBodyBytes()));
        } else if (request.getLength() < 0 && !headers.contains(HttpHeader.TRANSFER_ENCODING)) {
            failed.accept(Problem.of(
                    HttpStatus.LENGTH_REQUIRED_411,
                    "Length required",
                    "Content-Length is missing: expected it, or Transfer-Encoding: chunked"));
        } else {
            new Body(request, config, held, whole, failed).start();
        }
    }

    private void start() {
        held.add(bytes.length);
        synchronized (this) {
            deadline = request.getComponents()
                    .getScheduler()
                    .schedule(this::tooLate, config.deadline().toMillis(), TimeUnit.MILLISECONDS);
        }
        more();
    }

    /// Takes what is there, then asks to be called again.
    private void more() {
        while (true) {
            Throwable failure = null;
            synchronized (this) {
                if (ended) {
                    return;
                }
                var chunk = request.read();
                if (chunk == null) {
                    request.demand(this::more);
                    return;
                }
                if (Content.Chunk.isFailure(chunk)) {
                    failure = chunk.getFailure();
                } else {
                    try {
                        failure = take(chunk);
                    } finally {
                        chunk.release();
                    }
                }
                if (failure == null && !chunk.isLast()) {
                    continue;
                }
                ended = true;
            }
            end(failure);
            return;
        }
    }

    private @Nullable Throwable take(Content.Chunk chunk) {
        var more = chunk.remaining();
        if ((long) length + more > config.maxBodyBytes()) {
            return Problem.tooLarge("body", config.maxBodyBytes());
        }
        if (length + more > bytes.length) {
            var size = Math.max(2 * bytes.length, length + more);
            if (!held.add(size - bytes.length)) {
                held.remove(size - bytes.length);
                return Problem.of(
                        HttpStatus.SERVICE_UNAVAILABLE_503,
                        "Busy",
                        "the bodies of all requests together are too long now: expected at most " + held.most
                                + " bytes");
            }
            bytes = Arrays.copyOf(bytes, size);
        }
        chunk.get(bytes, length, more);
        length += more;
        return null;
    }

    private void tooLate() {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
        }
        end(Problem.of(
                HttpStatus.REQUEST_TIMEOUT_408,
                "Too slow",
                "body did not end within serve.deadline = " + config.deadline().toMillis() + " ms: got " + length
                        + " bytes"));
    }

    private void end(@Nullable Throwable failure) {
        var task = deadline;
        if (task != null) {
            task.cancel();
        }
        try {
            if (failure == null) {
                whole.accept(bytes, length);
            } else {
                failed.accept(failure);
            }
        } finally {
            held.remove(bytes.length);
        }
    }
}
