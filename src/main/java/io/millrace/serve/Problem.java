package io.millrace.serve;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.ObjectWriteContext;

/// Why a request gets no prediction: what a client reads. Carries no stack trace.
///
/// **Source**: RFC 9457, *Problem Details for HTTP APIs*.
final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// Nobody waits for a server that starts or stops longer than this, in seconds.
    private static final String RETRY_AFTER = "1";

    final int status;
    final String title;
    private final @Nullable String allow;

    private Problem(int status, String title, String detail, @Nullable String allow) {
        super(detail, null, false, false);
        this.status = status;
        this.title = title;
        this.allow = allow;
    }

    /// @param title what kind of problem it is, in two or three words
    /// @param detail one sentence: key = value, what is wrong, what was expected
    static Problem of(int status, String title, String detail) {
        return new Problem(status, title, detail, null);
    }

    static Problem badRequest(String title, String detail) {
        return of(HttpStatus.BAD_REQUEST_400, title, detail);
    }

    static Problem methodNotAllowed(String method, List<String> allowed) {
        var allow = String.join(", ", allowed);
        var detail = "method = " + method + " is not allowed here: expected " + allow;
        return new Problem(HttpStatus.METHOD_NOT_ALLOWED_405, "Method not allowed", detail, allow);
    }

    static Problem tooLarge(String what, int maxBodyBytes) {
        return of(
                HttpStatus.PAYLOAD_TOO_LARGE_413,
                "Too large",
                what + " is too long: expected at most serve.max-body-bytes = " + maxBodyBytes);
    }

    static Problem noModel() {
        return of(
                HttpStatus.SERVICE_UNAVAILABLE_503,
                "No model yet",
                "no version of the model has come yet: expected after its first example is learned");
    }

    /// Writes it as the whole response.
    ///
    /// @param model name of the version that the request has seen, or null
    void write(Response response, Callback callback, @Nullable String model) {
        response.setStatus(status);
        var headers = response.getHeaders();
        headers.put(HttpHeader.CONTENT_TYPE, "application/problem+json");
        headers.put(HttpHeader.CACHE_CONTROL, "no-store");
        if (model != null) {
            headers.put(Answer.MODEL_HEADER, model);
        }
        if (allow != null) {
            headers.put(HttpHeader.ALLOW, allow);
        }
        if (status == HttpStatus.REQUEST_TIMEOUT_408 || status == HttpStatus.PAYLOAD_TOO_LARGE_413) {
            headers.put(HttpHeader.CONNECTION, "close"); // what is left of the body will not be read
        }
        if (status == HttpStatus.SERVICE_UNAVAILABLE_503) {
            headers.put(HttpHeader.RETRY_AFTER, RETRY_AFTER);
        }
        response.write(true, ByteBuffer.wrap(json(model)), callback);
    }

    private byte[] json(@Nullable String model) {
        var out = new ByteArrayOutputStream(256);
        try (var json = Answer.JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeNumberProperty("status", status);
            json.writeStringProperty("title", title);
            json.writeStringProperty("detail", getMessage());
            if (model != null) {
                json.writeStringProperty("model", model);
            }
            json.writeEndObject();
        }
        return out.toByteArray();
    }
}
