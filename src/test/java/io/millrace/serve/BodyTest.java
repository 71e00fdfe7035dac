package io.millrace.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.model.Trips;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BodyTest {
    private static final String POST = "POST /invocations HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n";
    private static final String BODY = "{\"instances\":[{}]}";
    private static final String CLOSE = "Connection: close\r\n";

    private static String chunk(String data) {
        return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
    }

    private static void write(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
        socket.getOutputStream().flush();
    }

    @Nested
    class A_body_that_comes {
        @Test
        void in_chunks_is_whole_at_its_last() throws IOException {
            try (var served = new Served(Trips.model(Trips.SPEC, 10))) {
                var response = served.raw(POST + CLOSE + "Transfer-Encoding: chunked\r\n\r\n"
                        + chunk(BODY.substring(0, 5)) + chunk(BODY.substring(5)) + "0\r\n\r\n");

                assertThat(response).startsWith("HTTP/1.1 200 OK\r\n").contains("\"model\":\"main/1\"");
            }
        }

        @Test
        void byte_by_byte_is_whole_at_its_length() throws IOException {
            try (var served = new Served(Trips.model(Trips.SPEC, 10));
                    var socket = served.connect()) {
                socket.setTcpNoDelay(true);
                write(socket, POST + CLOSE + "Content-Length: " + BODY.length() + "\r\n\r\n");
                for (var i = 0; i < BODY.length(); i++) {
                    write(socket, BODY.substring(i, i + 1));
                }

                var response = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);

                assertThat(response).startsWith("HTTP/1.1 200 OK\r\n");
            }
        }

        @Test
        void after_100_continue_is_asked_for() throws IOException {
            try (var served = new Served(Trips.model(Trips.SPEC, 10));
                    var socket = served.connect()) {
                write(socket, POST + CLOSE + "Expect: 100-continue\r\nContent-Length: " + BODY.length() + "\r\n\r\n");
                var interim = new String(socket.getInputStream().readNBytes(25), ISO_8859_1);
                write(socket, BODY);

                var response = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);

                assertThat(interim).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
                assertThat(response).startsWith("HTTP/1.1 200 OK\r\n");
            }
        }
    }

    @Nested
    class A_body_that_comes_too_slowly {
        private final ServeConfig config = new ServeConfig("127.0.0.1", 0, 100_000, Duration.ofMillis(200));

        @Test
        void gets_408_at_its_deadline_and_the_connection_ends() throws IOException {
            try (var served = new Served(Trips.model(Trips.SPEC, 10), config)) {
                var response = served.raw(POST + "Content-Length: 100\r\n\r\n{\"inst");

                assertThat(response)
                        .startsWith("HTTP/1.1 408 Request Timeout\r\n")
                        .contains("Connection: close")
                        .contains("X-Millrace-Model: main/1")
                        .endsWith("{\"status\":408,\"title\":\"Too slow\",\"detail\":\"body did not end within "
                                + "serve.deadline = 200 ms: got 6 bytes\",\"model\":\"main/1\"}");
            }
        }

        @Test
        void in_chunks_gets_408_too() throws IOException {
            try (var served = new Served(Trips.model(Trips.SPEC, 10), config)) {
                var response = served.raw(POST + "Transfer-Encoding: chunked\r\n\r\n" + chunk("{\"inst"));

                assertThat(response).startsWith("HTTP/1.1 408 Request Timeout\r\n");
            }
        }

        @Test
        void holds_no_thread_so_that_others_are_answered() throws IOException {
            var sockets = new ArrayList<Socket>();
            try (var served = new Served(Trips.model(Trips.SPEC, 10))) {
                for (var i = 0; i < 300; i++) { // several times the threads of the server
                    var socket = served.connect();
                    sockets.add(socket);
                    write(socket, POST + "Content-Length: 100\r\n\r\n{\"inst");
                }

                var response = served.post("application/json", BODY);

                assertThat(response.statusCode()).isEqualTo(200);
                for (var socket : sockets) {
                    socket.close();
                }
            }
        }
    }

    @Nested
    class A_body_that_is_too_long {
        private final ServeConfig config = new ServeConfig("127.0.0.1", 0, 1000, Duration.ofSeconds(30));

        @Test
        void gets_413_before_it_is_sent_S6() throws IOException {
            try (var served = new Served(Trips.model(Trips.SPEC, 10), config)) {
                var response = served.raw(POST + "Content-Length: 1001\r\n\r\n");

                assertThat(response)
                        .startsWith("HTTP/1.1 413 Payload Too Large\r\n")
                        .contains(
                                "\"detail\":\"body of 1001 bytes is too long: expected at most serve.max-body-bytes = 1000\"");
            }
        }

        @Test
        void gets_413_in_chunks_too() throws IOException {
            try (var served = new Served(Trips.model(Trips.SPEC, 10), config)) {
                var response = served.raw(
                        POST + "Transfer-Encoding: chunked\r\n\r\n" + chunk("x".repeat(600)) + chunk("x".repeat(600)));

                assertThat(response)
                        .startsWith("HTTP/1.1 413 Payload Too Large\r\n")
                        .contains("\"detail\":\"body is too long: expected at most serve.max-body-bytes = 1000\"");
            }
        }

        @Test
        void may_have_just_the_length_that_is_allowed() {
            try (var served = new Served(Trips.model(Trips.SPEC, 10), config)) {
                var response = served.post("application/json", " ".repeat(1000 - BODY.length()) + BODY);

                assertThat(response.statusCode()).isEqualTo(200);
            }
        }

        @Test
        void may_be_the_answers() {
            try (var served = new Served(Trips.model(Trips.SPEC, 10), config)) {
                var response = served.post("application/json", "{\"instances\":[{}" + ",{}".repeat(100) + "]}");

                assertThat(response.statusCode()).isEqualTo(413);
                assertThat(Served.json(response).get("detail").stringValue())
                        .isEqualTo(
                                "the answer to 101 instances is too long: expected at most serve.max-body-bytes = 1000");
            }
        }
    }

    @Nested
    class A_body_that_is_wrong {
        @Test
        void for_want_of_a_length_gets_411() throws IOException {
            try (var served = new Served(Trips.model(Trips.SPEC, 10))) {
                var response = served.raw(POST + CLOSE + "\r\n");

                assertThat(response)
                        .startsWith("HTTP/1.1 411 Length Required\r\n")
                        .contains(
                                "\"detail\":\"Content-Length is missing: expected it, or Transfer-Encoding: chunked\"");
            }
        }

        @Test
        void for_its_chunks_gets_400() throws IOException {
            try (var served = new Served(Trips.model(Trips.SPEC, 10))) {
                var response = served.raw(POST + "Transfer-Encoding: chunked\r\n\r\nnot a length\r\n");

                assertThat(response).startsWith("HTTP/1.1 400 Bad Request\r\n").contains("application/problem+json");
            }
        }

        @Test
        void for_its_request_line_gets_400() throws IOException {
            try (var served = new Served(Trips.model(Trips.SPEC, 10))) {
                var response = served.raw("nonsense\r\n\r\n");

                assertThat(response).startsWith("HTTP/1.1 400 Bad Request\r\n");
            }
        }

        @Test
        void for_its_early_end_gets_400() throws IOException {
            try (var served = new Served(Trips.model(Trips.SPEC, 10));
                    var socket = served.connect()) {
                write(socket, POST + "Content-Length: 100\r\n\r\n{\"inst");
                socket.shutdownOutput();

                var response = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);

                assertThat(response).startsWith("HTTP/1.1 400 Bad Request\r\n");
            }
        }

        @Test
        void for_its_client_is_gone_counts_as_aborted() throws IOException {
            try (var served = new Served(Trips.model(Trips.SPEC, 10))) {
                try (var socket = served.connect()) {
                    write(socket, POST + "Expect: 100-continue\r\nContent-Length: 100\r\n\r\n");
                    socket.getInputStream().readNBytes(25); // the server has the request now
                    socket.setSoLinger(true, 0); // a reset, no orderly end
                }

                await().untilAsserted(() -> assertThat(served.registry.scrape())
                        .contains("millrace_invocations_seconds_count{status=\"aborted\"} 1"));
            }
        }
    }

    @Nested
    class Bodies_that_are_too_long_together {
        @Test
        void get_503_until_there_is_room_again() throws Exception {
            var model = Trips.model(Trips.SPEC, 10);
            var metrics = new ServeMetrics(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), () -> model);
            var server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            server.setHandler(new Routes(new Invocations(Served.CONFIG, metrics, 10_000), metrics, () -> model));
            server.start();
            try {
                var request = HttpRequest.newBuilder(server.getURI().resolve("/invocations"))
                        .header("Content-Type", "application/json");

                var tooLong = send(request.POST(BodyPublishers.ofString(" ".repeat(20_000) + BODY)));
                var next = send(request.POST(BodyPublishers.ofString(" ".repeat(5_000) + BODY)));

                assertThat(tooLong.statusCode()).isEqualTo(503);
                assertThat(tooLong.body())
                        .contains("the bodies of all requests together are too long now: expected at most 10000 bytes");
                assertThat(next.statusCode()).isEqualTo(200);
            } finally {
                server.stop();
            }
        }

        private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
            try (var client = HttpClient.newHttpClient()) {
                return client.send(request.build(), BodyHandlers.ofString());
            }
        }
    }
}
