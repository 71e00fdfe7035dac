package io.millrace.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.event.BadEvent;
import io.millrace.model.ManifestJson;
import io.millrace.model.Model;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.ObjectWriteContext;

/// Which path does what. Reads the current version once a request.
final class Routes extends Handler.Abstract {
    private static final List<String> READ = List.of("GET", "HEAD");
    private static final List<String> WRITE = List.of("POST");

    private final Invocations invocations;
    private final ServeMetrics metrics;
    private final Supplier<@Nullable Model> current;

    Routes(Invocations invocations, ServeMetrics metrics, Supplier<@Nullable Model> current) {
        this.invocations = invocations;
        this.metrics = metrics;
        this.current = current;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        var model = current.get();
        try {
            route(request, response, callback, model);
        } catch (Problem problem) {
            problem.write(response, callback, model == null ? null : model.name());
        }
        return true;
    }

    private void route(Request request, Response response, Callback callback, @Nullable Model model) {
        var path = Request.getPathInContext(request);
        switch (path) {
            case "/invocations" -> {
                metrics.time(request, response);
                allow(request, WRITE);
                invocations.handle(request, response, callback, require(model));
            }
            case "/ping" -> {
                allow(request, READ);
                require(model);
                callback.succeeded();
            }
            case "/metrics" -> {
                allow(request, READ);
                write(
                        "text/plain; version=0.0.4; charset=utf-8",
                        metrics.scrape().getBytes(UTF_8),
                        response,
                        callback);
            }
            case "/models" -> {
                allow(request, READ);
                write("application/json", models(model), response, callback);
            }
            default ->
                throw Problem.of(
                        HttpStatus.NOT_FOUND_404,
                        "Not found",
                        "path = " + BadEvent.quote(path)
                                + " is not served: expected /invocations, /ping, /metrics or /models");
        }
    }

    private static void allow(Request request, List<String> methods) {
        if (!methods.contains(request.getMethod())) {
            throw Problem.methodNotAllowed(request.getMethod(), methods);
        }
    }

    private static Model require(@Nullable Model model) {
        if (model == null) {
            throw Problem.noModel();
        }
        return model;
    }

    private static void write(String type, byte[] bytes, Response response, Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.write(true, ByteBuffer.wrap(bytes), callback);
    }

    /// `{"models":[…]}` with what is served, or nothing yet.
    private static byte[] models(@Nullable Model model) {
        var out = new ByteArrayOutputStream(1024);
        try (var json = Answer.JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeArrayPropertyStart("models");
            if (model != null) {
                json.writeStartObject();
                ManifestJson.write(model.manifest(), json);
                json.writeNumberProperty(
                        "age_seconds",
                        Duration.between(model.since(), Instant.now()).toMillis() / 1e3);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return out.toByteArray();
    }
}
