package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A broker that takes connections and does not answer.
class SlowBrokerTest {
    private final ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final String servers = "127.0.0.1:" + silent.getLocalPort();
    private final Map<String, Object> client =
            Map.of("bootstrap.servers", servers, "default.api.timeout.ms", "400", "request.timeout.ms", "200");

    SlowBrokerTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        silent.close();
    }

    @Test
    void is_told_in_one_sentence_by_a_role_that_starts() {
        assertThatThrownBy(() -> Offsets.topicId(client, "flights"))
                .isInstanceOf(RoleException.class)
                .hasMessage("bootstrap.servers = " + servers
                        + " did not answer in time: expected a broker that is up and not overloaded");
    }

    @Test
    void is_told_in_one_sentence_where_topics_are_made() {
        try (var admin = Admin.create(client)) {
            assertThatThrownBy(() -> Topics.ensureEvents(admin, SpecReader.resource("flights.yaml"), 1, Map.of()))
                    .isInstanceOf(RoleException.class)
                    .hasMessage(
                            "topic flights can't be looked up: the broker did not answer in time, expected one that is"
                                    + " up and not overloaded");
        }
    }
}
