package io.millrace.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/// Questions to a server that a command runs.
final class Asked {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Asked() {}

    /// The answer to `POST /invocations` with JSON.
    static HttpResponse<String> at(int port, String instances) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/invocations"))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(instances))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
