package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kernel.WithDevice;
import io.millrace.role.RoleException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class FailuresTest {
    @Test
    void of_a_role_whose_broker_is_slow_are_nobodys_wrong_input() {
        var slow = new RoleException(
                "127.0.0.1:9092 did not answer in time",
                new ExecutionException(new TimeoutException("Call timed out")));

        assertThat(Failures.exitCode(slow)).isEqualTo(1);
        assertThat(Failures.message(slow)).isEqualTo("127.0.0.1:9092 did not answer in time");
    }

    @Test
    void of_a_device_are_nobodys_wrong_input() {
        var failed = WithDevice.Failure.of("clFinish on a device failed with CL_OUT_OF_RESOURCES (-5)");
        var role = new RoleException("flights.main.train can't go on: " + failed.getMessage(), failed);

        assertThat(Failures.exitCode(failed)).isEqualTo(1);
        assertThat(Failures.exitCode(role)).isEqualTo(1);
        assertThat(Failures.message(failed)).isEqualTo(failed.getMessage());
        assertThat(Failures.message(role)).isEqualTo(role.getMessage());
    }

    @Test
    void of_a_role_that_was_told_to_do_what_can_not_be_are_wrong_input() {
        assertThat(Failures.exitCode(new RoleException("topic t has 2 partitions: expected 1")))
                .isEqualTo(2);
    }
}
