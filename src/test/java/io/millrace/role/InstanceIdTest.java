package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceIdTest {
    private static final String UUID = "00000000-0000-0000-0000-000000000000";

    @TempDir
    Path dir;

    @Test
    void is_the_same_after_a_restart() {
        String name;
        try (var before = InstanceId.in(dir)) {
            name = before.name();
        }

        try (var after = InstanceId.in(dir)) {
            assertThat(after.name()).isEqualTo(name);
        }
    }

    @Test
    void differs_while_another_holds_it() {
        try (var first = InstanceId.in(dir);
                var second = InstanceId.in(dir)) {
            assertThat(second.name()).isNotEqualTo(first.name());
        }
    }

    @Test
    void takes_the_place_of_the_random_process_id() {
        try (var instance = InstanceId.in(dir)) {
            assertThat(instance.transactionalId("flight-delays.main.train-" + UUID + "-2"))
                    .isEqualTo("flight-delays.main.train-" + instance.name() + "-2");
        }
    }

    @Test
    void refuses_an_id_that_streams_writes_otherwise() {
        try (var instance = InstanceId.in(dir)) {
            assertThatThrownBy(() -> instance.transactionalId("train-1"))
                    .hasMessage("transactional.id = train-1: expected application-process-thread");
        }
    }
}
