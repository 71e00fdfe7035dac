package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.kafka.TestBroker;
import io.millrace.model.Trips;
import io.millrace.role.RoleSettings;
import io.millrace.serve.ServeConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RolesIT {
    @TempDir
    Path dir;

    /// A server must not go on with an old version for ever.
    @Test
    void a_server_whose_follower_dies_ends_the_process_with_one_sentence() {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Map<String, Object> client = Map.of("bootstrap.servers", TestBroker.bootstrapServers());
        var settings = RoleSettings.of(client, "nobody", dir, registry);
        var serve = ServeConfig.defaults().withPort(0);
        try (var roles = Roles.start(Set.of(RoleName.SERVE), Trips.SPEC, settings, serve, registry)) {
            var topic = Trips.SPEC.topic("nobody", "versions");

            Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("follower-" + topic))
                    .forEach(Thread::interrupt);

            assertThat(roles.failure()).failsWithin(Duration.ofSeconds(30));
            assertThatThrownBy(() -> LineageRun.end(roles))
                    .isInstanceOf(CommandException.class)
                    .extracting(failure -> ((CommandException) failure).exitCode())
                    .isEqualTo(CommandException.FAILED);
            assertThatThrownBy(() -> LineageRun.end(roles))
                    .hasMessageMatching("versions of " + topic + " can't be followed any more: .*InterruptException.*"
                            + " it must be started anew");
        }
    }
}
