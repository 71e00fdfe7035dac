package io.millrace.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.locks.LockSupport;

/// Asks a server for a prediction every few milliseconds, without pause, and notes which version answered.
final class Client implements AutoCloseable {
    private static final long PAUSE = 5_000_000;
    private static final String BODY = """
            {"instances": [{"date": 16305121, "origin": "LAS", "destination": "PHL", "distance": 2176}]}""";

    private final HttpRequest request;
    private final Tags tags;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Thread thread;
    private volatile boolean closed;

    Client(int port, Tags tags) {
        this.tags = tags;
        request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/invocations"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(BODY))
                .build();
        thread = Thread.ofPlatform().daemon().name("client").start(this::ask);
    }

    private void ask() {
        while (!closed) {
            try {
                var answer = http.send(request, HttpResponse.BodyHandlers.discarding());
                answer.headers()
                        .firstValue("X-Millrace-Model")
                        .ifPresent(name -> tags.answered(Long.parseLong(name.substring(name.indexOf('/') + 1))));
            } catch (IOException e) {
                System.err.println("a request failed: " + e);
            } catch (InterruptedException e) {
                return;
            }
            LockSupport.parkNanos(PAUSE);
        }
    }

    /// Returns when every tag was answered with.
    void awaitAll() {
        while (!tags.allAnswered()) {
            LockSupport.parkNanos(PAUSE);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        http.close();
    }
}
