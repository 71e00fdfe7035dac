package io.millrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.learn.LanesConfig;
import io.millrace.learn.LearnConfig;
import io.millrace.learn.LearnConfig.DeviceKind;
import io.millrace.learn.LearnConfig.LearnerConfig;
import io.millrace.learn.LearnConfig.LearnerKind;
import io.millrace.learn.LearnConfig.LossKind;
import io.millrace.learn.LearnConfig.OptimizerConfig;
import io.millrace.learn.LearnConfig.OptimizerKind;
import io.millrace.learn.Trainer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
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

    /// A driver need not take it: PoCL 3.1 ends a process in which threads ask for devices at once before it has them.
    @Test
    void several_threads_find_one_at_once_where_nobody_has_before() throws Exception {
        assertThat(said(AtOnce.class, Map.of())).isEqualTo((OpenClLayers.find() + "\n").repeat(AtOnce.THREADS));
    }

    /// What a process says that ends well.
    private static String said(Class<?> main, Map<String, String> environment) throws Exception {
        var builder = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=/dev/null",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName())
                .redirectErrorStream(true);
        builder.environment().putAll(environment);
        var process = builder.start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    /// What that process does.
    static final class AtOnce {
        static final int THREADS = 4;

        private AtOnce() {}

        public static void main(String[] args) throws Exception {
            var all = new CyclicBarrier(THREADS);
            Callable<String> find = () -> {
                all.await();
                return OpenClLayers.find();
            };
            try (var threads = Executors.newFixedThreadPool(THREADS)) {
                for (var name : threads.invokeAll(Collections.nCopies(THREADS, find))) {
                    System.out.println(name.get());
                }
            }
        }
    }

    /// PoCL is told to have 1 GiB, of which an array may take a quarter: what just fits is taken, what is a page of
    /// cells
    /// more is refused. Elsewhere both fit, or not.
    @Test
    void cells_are_held_against_the_memory_before_the_start() throws Exception {
        var lines = said(Held.class, Map.of("POCL_MEMORY_LIMIT", "1")).lines().toList();
        var largest = Long.parseLong(lines.getFirst());

        assertThat(lines).hasSize(1 + 2);
        for (var k = 0; k < 2; k++) {
            var bytes = k == 0 ? 4L << 26 : 4L * 8 * ((1 << 23) + 1024);
            assertThat(lines.get(1 + k))
                    .isEqualTo(
                            bytes <= largest
                                    ? OpenClLayers.find()
                                    : "learning needs " + bytes + " bytes of " + OpenClLayers.find()
                                            + " in one array: expected at most " + largest);
        }
    }

    /// What the process of a device with little memory does.
    static final class Held {
        private Held() {}

        public static void main(String[] args) {
            System.out.println(OpenCl.choose().largest());
            var none = OptionalInt.empty();
            var lanes = new LanesConfig(
                    Optional.of(List.of(0.1, 0.2, 0.3, 0.4)),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    none,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
            say(config(24).withLanes(lanes).withLearner(learner(LearnerKind.LINEAR, none, Optional.empty())));
            say(config(23).withLearner(learner(LearnerKind.MLP, OptionalInt.of(8), Optional.of(List.of(4)))));
        }

        private static LearnConfig config(int bits) {
            return new LearnConfig(LossKind.LOGISTIC, new OptimizerConfig(OptimizerKind.SGD, 0.1, 0), bits);
        }

        private static LearnerConfig learner(LearnerKind kind, OptionalInt embedding, Optional<List<Integer>> layers) {
            return new LearnerConfig(
                    kind,
                    OptionalInt.empty(),
                    OptionalDouble.empty(),
                    OptionalInt.empty(),
                    embedding,
                    layers,
                    Optional.empty(),
                    OptionalInt.of(8));
        }

        private static void say(LearnConfig config) {
            try {
                System.out.println(Trainer.checkDevice(config.on(DeviceKind.OPENCL)));
            } catch (DeviceException refused) {
                System.out.println(refused.getMessage().lines().findFirst().orElseThrow());
            }
        }
    }

    @Test
    void too_little_memory_is_refused_with_both_numbers() {
        assertThatThrownBy(() -> OpenClLayers.check(1L << 50))
                .isInstanceOf(DeviceException.class)
                .hasMessageMatching("learning needs 1125899906842624 bytes of " + Pattern.quote(OpenClLayers.find())
                        + " in one array: expected at most \\d+\n"
                        + "Set fewer learn.bits or learn.lanes, or a smaller learn.learner.embedding.");
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
    void the_first_gpu_is_taken_else_the_first_of_any_kind() {
        var cpu = new OpenCl.Device(1, 0, "a CPU", 1_000, 600, true, false);
        var another = new OpenCl.Device(2, 0, "another", 1_000, 600, true, false);
        var gpu = new OpenCl.Device(3, 1, "a GPU", 1_000, 600, true, true);
        var second = new OpenCl.Device(4, 1, "a second", 1_000, 600, true, true);

        assertThat(OpenCl.choose(List.of(cpu, gpu, second))).isEqualTo(gpu);
        assertThat(OpenCl.choose(List.of(cpu, another))).isEqualTo(cpu);
        assertThatThrownBy(() -> OpenCl.choose(List.of()))
                .isInstanceOf(DeviceException.class)
                .hasMessageStartingWith("OpenCL has no device: expected one, such as");
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
