package io.millrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

@WithDevice
class OpenClLayersTest {
    private static OpenClLayers small() {
        return OpenClLayers.open(
                new OpenClLayers.Shape(List.of(4, 3, 1), Activation.RELU, 8, 1 << 12, 1, 1 << 11, 1, 0.1f));
    }

    @Test
    void a_call_that_fails_says_what_the_device_answered() {
        try (var layers = small()) {
            // beyond what there is
            assertThatThrownBy(() -> layers.store(new float[1 << 13], 1 << 12, 1 << 12))
                    .isInstanceOf(DeviceException.class)
                    .hasMessage(
                            "clEnqueueReadBuffer on " + OpenClLayers.find() + " failed with CL_INVALID_VALUE (-30)");
        }
    }

    /// A driver need not take it: PoCL 3.1 ends the process when it is asked for devices while a context comes or goes.
    @Test
    void several_threads_find_open_and_close_at_once() throws Exception {
        try (var threads = Executors.newFixedThreadPool(4)) {
            Callable<String> task = () -> {
                var found = OpenClLayers.find();
                try (var layers = small()) {
                    assertThat(layers.device()).isEqualTo(found);
                }
                return found;
            };
            for (var answer : threads.invokeAll(Collections.nCopies(40, task))) {
                assertThat(answer.get()).isNotBlank();
            }
        }
    }

    @Test
    void too_little_memory_is_refused_with_both_numbers() {
        assertThatThrownBy(() -> OpenClLayers.check(1L << 50))
                .isInstanceOf(DeviceException.class)
                .hasMessageMatching("learning needs 1125899906842624 bytes of " + Pattern.quote(OpenClLayers.find())
                        + " in one array: expected at most \\d+\n"
                        + "Set fewer learn.bits, or a smaller learn.learner.embedding.");
    }

    @Test
    void arrays_together_are_bounded_by_what_the_device_has() {
        var small = new OpenCl.Device(0, 0, "a small one", 1_000, 600, true, true);

        small.require(600, 1_000);

        assertThatThrownBy(() -> small.require(500, 1_001))
                .isInstanceOf(DeviceException.class)
                .hasMessageStartingWith(
                        "learning needs 1001 bytes of a small one: expected at most the 1000 that it has\n");
        assertThatThrownBy(() -> small.require(601, 601))
                .isInstanceOf(DeviceException.class)
                .hasMessageStartingWith("learning needs 601 bytes of a small one in one array: expected at most 600\n");
    }

    @Test
    void arrays_count_while_they_are_there() {
        var found = OpenCl.choose();
        var little = new OpenCl.Device(
                found.id(), found.platform(), found.name(), 10_000, 6_000, found.rounds(), found.gpu());
        try (var device = new OpenCl(little)) {
            var first = device.array(1_000);
            var second = device.array(1_000);
            assertThatThrownBy(() -> device.array(1_000))
                    .isInstanceOf(DeviceException.class)
                    .hasMessageStartingWith("learning needs 12000 bytes of " + device.name()
                            + ": expected at most the 10000 that it has\n");
            assertThatThrownBy(() -> second.reserve(1_501))
                    .isInstanceOf(DeviceException.class)
                    .hasMessageStartingWith(
                            "learning needs 8192 bytes of " + device.name() + " in one array: expected");
            first.free();
            device.array(1_500);
        }
    }

    @Test
    void a_program_that_a_device_refuses_is_told_with_what_its_compiler_says() {
        try (var device = OpenCl.open()) {
            assertThatThrownBy(() -> device.compile("kernel void f() { nonsense; }", ""))
                    .isInstanceOf(DeviceException.class)
                    .hasMessageContaining("clBuildProgram on " + device.name() + " failed with")
                    .hasMessageContaining("nonsense");
        }
    }
}
