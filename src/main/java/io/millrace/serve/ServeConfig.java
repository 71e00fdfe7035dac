package io.millrace.serve;

import java.time.Duration;

/// Where and within which bounds a server answers.
///
/// @param host `serve.host`: name or address to listen on; 0.0.0.0 is all of this machine
/// @param port `serve.port`: 0 to 65535; 0 takes a free one
/// @param maxBodyBytes `serve.max-body-bytes`: longest body of a request, and of an answer to one; at least 1
/// @param deadline `serve.deadline`: longest time from the end of a request's head to the end of its body;
///     at least 1 ms
public record ServeConfig(String host, int port, int maxBodyBytes, Duration deadline) {
    /// @throws IllegalArgumentException if a value is out of range
    public ServeConfig {
        require(!host.isBlank(), "serve.host", '"' + host + '"', "a name or an address");
        require(port >= 0 && port <= 65_535, "serve.port", port, "0 to 65535");
        require(maxBodyBytes >= 1, "serve.max-body-bytes", maxBodyBytes, "1 or more");
        require(deadline.toMillis() >= 1, "serve.deadline", deadline, "at least 1 ms");
    }

    /// Port 8080 of the loopback interface, bodies of 6 MiB (contract S6), 30 seconds.
    public static ServeConfig defaults() {
        return new ServeConfig("127.0.0.1", 8080, 6_291_456, Duration.ofSeconds(30));
    }

    public ServeConfig withHost(String host) {
        return new ServeConfig(host, port, maxBodyBytes, deadline);
    }

    public ServeConfig withPort(int port) {
        return new ServeConfig(host, port, maxBodyBytes, deadline);
    }

    private static void require(boolean right, String key, Object value, String expected) {
        if (!right) {
            throw new IllegalArgumentException(key + " = " + value + " is out of range: expected " + expected);
        }
    }
}
