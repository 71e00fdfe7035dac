package io.millrace.role;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.spec.Spec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/// Split and train of one lineage, running in this process on the shared broker.
final class LiveRoles implements AutoCloseable {
    final SplitRole split;
    final TrainRole train;

    LiveRoles(String servers, Spec spec, String lineage, Path dir) {
        Map<String, Object> client = Map.of("bootstrap.servers", servers);
        try (var admin = Admin.create(client)) {
            Topics.ensure(admin, spec, lineage);
        }
        var settings =
                RoleSettings.of(client, lineage, dir, new SimpleMeterRegistry()).withCommitEvery(Duration.ofMillis(50));
        split = new SplitRole(spec, settings);
        train = new TrainRole(spec, settings);
        split.start();
        train.start();
    }

    @Override
    public void close() {
        split.close();
        train.close();
    }
}
