package io.millrace.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.model.Model;
import io.millrace.model.Predictor;
import io.millrace.model.Trips;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ModelServerTest {
    @Nested
    class A_port_that_is_taken {
        @Test
        void is_one_clear_sentence() {
            try (var first = new Served((Model) null)) {
                var port = first.server.port();

                assertThatThrownBy(() -> new Served(null, Served.CONFIG.withPort(port)))
                        .isInstanceOf(ServeException.class)
                        .hasMessage("serve.port = " + port + " is in use: another process listens on 127.0.0.1:" + port
                                + ". Stop it, or choose another port (0 takes a free one)");
            }
        }
    }

    @Nested
    class A_host_that_is_not_this_machine {
        @Test
        void is_named() {
            assertThatThrownBy(() -> new Served(null, Served.CONFIG.withHost("192.0.2.1")))
                    .isInstanceOf(ServeException.class)
                    .hasMessageStartingWith("serve.host = 192.0.2.1, serve.port = 0 can't be listened on: ");
        }
    }

    @Nested
    class A_configuration {
        @Test
        void listens_on_loopback_by_default_with_the_bounds_of_S6() {
            assertThat(ServeConfig.defaults().host()).isEqualTo("127.0.0.1");
            assertThat(ServeConfig.defaults().port()).isEqualTo(8080);
            assertThat(ServeConfig.defaults().maxBodyBytes()).isEqualTo(6_291_456);
            assertThat(ServeConfig.defaults().deadline()).hasSeconds(30);
        }

        @Test
        void refuses_what_is_out_of_range() {
            assertThatThrownBy(() -> ServeConfig.defaults().withPort(65_536))
                    .hasMessage("serve.port = 65536 is out of range: expected 0 to 65535");
            assertThatThrownBy(() -> ServeConfig.defaults().withHost(" "))
                    .hasMessage("serve.host = \" \" is out of range: expected a name or an address");
        }
    }

    @Nested
    class A_swap_while_requests_are_answered {
        /// Every answer must be, as a whole, that of the version it names.
        @Test
        void never_mixes_two_versions_and_drops_no_request() throws Exception {
            var versions = new HashMap<String, Model>();
            Model last = null;
            for (var records : Trips.versions(30)) {
                last = Model.of(last, records);
                versions.put(last.name(), last);
            }
            var instances = "{\"instances\":[" + Trips.json(1) + "," + Trips.json(2) + "," + Trips.json(3) + "]}";
            var done = new AtomicBoolean();
            try (var served = new Served(versions.get("main/1"));
                    var clients = Executors.newFixedThreadPool(3)) {
                Callable<HashSet<String>> client = () -> {
                    var predictor = new Predictor(Trips.SPEC);
                    var seen = new HashSet<String>();
                    while (!done.get()) {
                        var response = served.post("application/json", instances);
                        var answer = Served.json(response);
                        var model = versions.get(answer.get("model").stringValue());
                        assertThat(response.headers().firstValue("X-Millrace-Model"))
                                .contains(model.name());
                        for (var i = 0; i < 3; i++) {
                            assertThat(answer.at("/predictions/" + i + "/score").floatValue())
                                    .isEqualTo(predictor.predict(Trips.row(Trips.SPEC, i + 1), model)[0]);
                        }
                        seen.add(model.name());
                    }
                    return seen;
                };
                var answers =
                        Stream.generate(() -> clients.submit(client)).limit(3).toList();

                for (var version = 1; version <= 30; version++) {
                    served.model.set(versions.get("main/" + version));
                    served.post("application/json", instances);
                }
                done.set(true);

                for (var seen : answers) {
                    assertThat(seen.get()).isNotEmpty();
                }
            }
        }
    }

    @Nested
    class A_request {
        @Test
        void reads_the_current_version_once() {
            var reads = new AtomicInteger();
            var model = Trips.model(Trips.SPEC, 10);
            try (var served = new Served(() -> {
                reads.incrementAndGet();
                return model;
            })) {
                served.post("application/json", "{\"instances\":[{},{}]}");

                assertThat(reads).hasValue(1);
            }
        }
    }

    @Nested
    class A_server_that_closes {
        @Test
        void takes_no_more_connections() throws IOException {
            var served = new Served(Trips.model(Trips.SPEC, 10));
            served.get("/ping");

            served.close();

            assertThatThrownBy(served::connect).isInstanceOf(IOException.class);
        }

        @Test
        void ends_the_request_under_way() throws Exception {
            var body = "{\"instances\":[{}]}";
            try (var served = new Served(Trips.model(Trips.SPEC, 10));
                    var socket = served.connect();
                    var closer = Executors.newSingleThreadExecutor()) {
                var out = socket.getOutputStream();
                out.write(
                        ("POST /invocations HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
                                        + "Content-Length: " + body.length() + "\r\n\r\n")
                                .getBytes(ISO_8859_1));
                socket.getInputStream().readNBytes(25); // the server has the request now
                var closed = closer.submit(served::close);
                await().ignoreExceptions().until(() -> {
                    try {
                        served.connect().close();
                        return false;
                    } catch (IOException refused) {
                        return true;
                    }
                });

                out.write(body.getBytes(ISO_8859_1));
                var response = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
                closed.get();

                assertThat(response).startsWith("HTTP/1.1 200 OK\r\n").contains("\"model\":\"main/1\"");
            }
        }
    }
}
