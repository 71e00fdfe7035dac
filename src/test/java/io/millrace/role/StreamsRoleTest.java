package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.streams.Topology;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamsRoleTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @CsvSource({
        "processing.guarantee, at_least_once",
        "application.id, another",
        "main.consumer.isolation.level, read_uncommitted",
        "consumer.group.instance.id, another",
        "producer.transactional.id, another",
        "admin.client.id, another",
        "restore.consumer.isolation.level, read_uncommitted",
        "global.consumer.isolation.level, read_uncommitted",
        "topic.cleanup.policy, delete",
        "processing.exception.handler, org.example.LogAndContinue",
        "deserialization.exception.handler, org.example.LogAndContinue"
    })
    void client_properties_do_not_touch_what_exactly_once_depends_on(String key, String value) {
        var client = Map.<String, Object>of("bootstrap.servers", "localhost:9", key, value);
        var settings = RoleSettings.of(client, "main", dir, new SimpleMeterRegistry());

        assertThatThrownBy(() -> new StreamsRole(
                                "test",
                                settings,
                                "earliest",
                                Map.of(),
                                Probe.NONE,
                                UnaryOperator.identity(),
                                hook -> new Topology().addSource("events", "events"))
                        .close())
                .isInstanceOf(RoleException.class)
                .hasMessage(key
                        + " stands in the client properties: expected properties of any Kafka client, such as security."
                        + " This one is the role's own to set, as exactly-once depends on it");
    }
}
