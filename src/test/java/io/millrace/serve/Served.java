package io.millrace.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.model.Model;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A server on a free port, and clients of it.
final class Served implements AutoCloseable {
    static final ServeConfig CONFIG = new ServeConfig("127.0.0.1", 0, 100_000, Duration.ofSeconds(30));

    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    final AtomicReference<@Nullable Model> model;
    final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    final ModelServer server;

    Served(@Nullable Model model) {
        this(model, CONFIG);
    }

    Served(@Nullable Model model, ServeConfig config) {
        this.model = new AtomicReference<>(model);
        server = new ModelServer(config, this.model::get, registry);
    }

    Served(Supplier<@Nullable Model> current) {
        model = new AtomicReference<>();
        server = new ModelServer(CONFIG, current, registry);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    HttpResponse<String> get(String path) {
        return send(request(path));
    }

    /// Posts to /invocations.
    HttpResponse<String> post(String contentType, String body) {
        return send(request("/invocations").header("Content-Type", contentType).POST(BodyPublishers.ofString(body)));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return CLIENT.send(request.build(), BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// A connection for bytes that no client would send.
    Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /// Sends the bytes, and returns all that comes until the server closes the connection.
    String raw(String bytes) throws IOException {
        try (var socket = connect()) {
            socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    static JsonNode json(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    @Override
    public void close() {
        server.close();
    }
}
