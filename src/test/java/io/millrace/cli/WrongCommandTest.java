package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Exit code 2, one message on the error stream, nothing else.
class WrongCommandTest {
    @TempDir
    private Path folder;

    private String spec;

    @BeforeEach
    void write_a_spec() throws IOException {
        spec = Files.writeString(folder.resolve("flights.yaml"), SpecReader.resourceText("flights.yaml"))
                .toString();
    }

    private static void assertWrong(String message, String... args) {
        var called = Called.millrace(args);

        assertThat(called.err()).isEqualTo(message + "\n");
        assertThat(called.out()).isEmpty();
        assertThat(called.exitCode()).isEqualTo(2);
    }

    private String changed(String from, String to) throws IOException {
        var original = SpecReader.resourceText("flights.yaml");
        var text = original.replace(from, to);
        assertThat(text).as(from).isNotEqualTo(original);
        return Files.writeString(folder.resolve("changed.yaml"), text).toString();
    }

    /// The number of the line that holds `text`, from 1.
    private static long line(String file, String text) throws IOException {
        try (var lines = Files.lines(Path.of(file))) {
            return 1 + lines.takeWhile(line -> !line.contains(text)).count();
        }
    }

    @Nested
    class A_time_to_wait {
        @Test
        void is_some() {
            assertWrong(
                    "--timeout = 0s is no time to wait: expected one such as 30s",
                    "models",
                    "resume",
                    "--why",
                    "it is good",
                    "--timeout",
                    "0s",
                    "--spec",
                    spec,
                    "--bootstrap-servers",
                    "localhost:1");
        }
    }

    @Nested
    class A_spec {
        @Test
        void does_not_exist() {
            assertWrong("nope.yaml does not exist: expected a file", "run", "--spec", "nope.yaml");
        }

        @Test
        void has_shares_that_are_too_much() throws IOException {
            var file = changed("validation: 0.1", "validation: 0.3");

            assertWrong(
                    "split.train + split.validation + split.test = 1.2: expected 1\n  in " + file + ", line "
                            + line(file, "train: 0.8"),
                    "replay",
                    "--spec",
                    file,
                    "flights.csv");
        }

        @ParameterizedTest
        @ValueSource(strings = {"scalar", "simd"})
        void names_a_device_when_another_kernel_is_given(String kernel) throws IOException {
            assertWrong(
                    "--kernel = " + kernel + " does not go with learn.kernel = opencl: expected opencl, as another has"
                            + " other bits",
                    "replay",
                    "--spec",
                    changed("learn:\n", "learn:\n  kernel: opencl\n  learner: { kind: mlp }\n"),
                    "--kernel",
                    kernel,
                    "flights.csv");
        }

        @Test
        void names_no_device_when_one_is_given() {
            assertWrong(NO_DEVICE, "replay", "--spec", spec, "--kernel", "opencl", "flights.csv");
        }

        /// Before a broker is asked, topics are made or the gate hears of a candidate.
        @ParameterizedTest
        @ValueSource(strings = {"run", "candidate start another"})
        void names_no_device_when_one_is_given_to_what_needs_a_broker(String command) {
            var args = new ArrayList<>(List.of(command.split(" ")));
            args.addAll(List.of("--spec", spec, "--kernel", "opencl", "--bootstrap-servers", "localhost:1"));
            assertWrong(NO_DEVICE, args.toArray(String[]::new));
        }

        private static final String NO_DEVICE =
                "--kernel = opencl does not go with flight-delays: expected a spec that names it, with"
                        + " learn.kernel: opencl, as a device has bits of its own";

        @ParameterizedTest
        @ValueSource(strings = {"run", "replay"})
        void asks_for_more_memory_than_there_is(String command) throws IOException {
            var file = changed("bits: 18", "bits: 28");

            assertWrong(
                    "learn.bits = 28 needs 3394 MiB of heap: expected at most the "
                            + Runtime.getRuntime().maxMemory() / (1 << 20) + " MiB that this JVM has\n"
                            + "  in " + file + ", line " + line(file, "bits: 28") + "\n"
                            + "  Set fewer bits, or give it more memory, as with MILLRACE_OPTS=-Xmx3395m.",
                    command,
                    "--spec",
                    file);
        }

        @Test
        void has_an_unknown_key() throws IOException {
            var file = changed("salt:", "salty:");

            assertWrong(
                    "split.salty is an unknown key: expected one of group, salt, train, validation, test, dedupe\n"
                            + "  in " + file + ", line " + line(file, "salty:") + "\n"
                            + "  `millrace spec` prints every key with its meaning and default.",
                    "run",
                    "--spec",
                    file);
        }

        @Test
        void has_a_rate_that_is_out_of_range() throws IOException {
            var file = changed("learning-rate: 0.06", "learning-rate: 12");

            assertWrong(
                    "learn.optimizer.learning-rate = 12.0 is out of range: expected more than 0, at most 10\n" + "  in "
                            + file + ", line " + line(file, "learning-rate"),
                    "produce",
                    "--spec",
                    file);
        }

        @Test
        void has_a_cross_of_one_part() throws IOException {
            var file = changed("cross: [origin, destination]", "cross: [origin]");

            assertWrong(
                    "features[2].cross = [origin]: expected two or three different parts\n  in " + file + ", line "
                            + line(file, "cross: [origin]"),
                    "run",
                    "--spec",
                    file);
        }

        @Test
        void is_not_given() {
            assertWrong(
                    "Missing required option: '--spec=FILE'\n  `millrace replay --help` tells what there is.",
                    "replay");
        }
    }

    @Nested
    class A_broker {
        @Test
        void is_never_started_unasked() {
            var data = folder.resolve("data");

            assertWrong(
                    "bootstrap.servers is missing: expected --bootstrap-servers HOST:PORT, or --client-properties FILE with it\n"
                            + "  `millrace run --embedded` starts a broker of its own, and `millrace demo` shows everything at once.",
                    "run",
                    "--spec",
                    spec,
                    "--data",
                    data.toString());
            assertThat(data).doesNotExist();
        }

        @Test
        void is_either_embedded_or_elsewhere() {
            assertWrong(
                    "--embedded and a broker elsewhere were given: expected one of them",
                    "run",
                    "--spec",
                    spec,
                    "--embedded",
                    "--bootstrap-servers",
                    "localhost:1");
        }

        @Test
        void has_an_address_that_is_none() {
            assertWrong(
                    "Invalid url in bootstrap.servers: localhost",
                    "topics",
                    "describe",
                    "--spec",
                    spec,
                    "--bootstrap-servers",
                    "localhost");
        }

        @Test
        void is_not_for_files() {
            assertWrong(
                    "files and a broker were given: expected one of them",
                    "replay",
                    "--spec",
                    spec,
                    "--bootstrap-servers",
                    "localhost:1",
                    "flights.csv");
        }

        @Test
        void has_properties_that_are_cut_off() throws IOException {
            var file = Files.writeString(folder.resolve("client.properties"), "bootstrap.servers=localhost:1\\u00");

            assertWrong(
                    "file " + file + " is no properties file: Malformed \\uxxxx encoding.",
                    "run",
                    "--spec",
                    spec,
                    "--client-properties",
                    file.toString());
        }

        @Test
        void has_properties_without_an_address() throws IOException {
            var file = Files.writeString(folder.resolve("client.properties"), "client.id=me\n");

            assertThat(Called.millrace("run", "--spec", spec, "--client-properties", file.toString()))
                    .isEqualTo(Called.millrace("run", "--spec", spec));
        }

        @Test
        void has_properties_with_a_secret_that_is_not_there() throws IOException {
            var file = Files.writeString(
                    folder.resolve("client.properties"), "sasl.jaas.config=${env:MILLRACE_NOT_SET}\n");

            assertWrong(
                    "sasl.jaas.config = ${env:MILLRACE_NOT_SET} is not set: expected an environment variable\n  in "
                            + file,
                    "run",
                    "--spec",
                    spec,
                    "--client-properties",
                    file.toString());
        }

        @Test
        void has_a_property_that_kafka_refuses() throws IOException {
            var file = Files.writeString(
                    folder.resolve("client.properties"), "bootstrap.servers=localhost:1\nsecurity.protocol=PLAIN\n");

            assertThat(Called.millrace("topics", "describe", "--spec", spec, "--client-properties", file.toString()))
                    .satisfies(called -> {
                        assertThat(called.exitCode()).isEqualTo(2);
                        assertThat(called.err()).startsWith("Invalid value PLAIN for configuration security.protocol");
                    });
        }

        @Test
        void has_properties_that_do_not_exist() {
            assertWrong(
                    "file nope.properties can't be read: expected properties of Kafka clients",
                    "run",
                    "--spec",
                    spec,
                    "--client-properties",
                    "nope.properties");
        }
    }

    @Nested
    class An_option {
        @Test
        void is_unknown() {
            assertWrong("Unknown option: '--fast'\n  `millrace demo --help` tells what there is.", "demo", "--fast");
        }

        @Test
        void names_no_role() {
            assertWrong(
                    "Invalid value for option '--roles' (ROLE): learn is not known: expected one of split, train, gate, score, serve\n"
                            + "  `millrace run --help` tells what there is.",
                    "run",
                    "--roles",
                    "learn",
                    "--spec",
                    spec);
        }

        @Test
        void names_no_lineage() {
            assertWrong(
                    "--lineage = Main is no name: expected lower-case letters, digits and hyphens, at most 64",
                    "run",
                    "--spec",
                    spec,
                    "--lineage",
                    "Main",
                    "--bootstrap-servers",
                    "localhost:1");
        }

        @Test
        void is_no_speed() {
            assertWrong("--speed = 0.0 is out of range: expected more than 0", "demo", "--speed", "0");
        }

        @Test
        void is_no_time() {
            assertWrong(
                    "--from-time = yesterday is no time: expected one like 2001-02-01 or 2001-02-01T06:00:00Z",
                    "replay",
                    "--spec",
                    spec,
                    "--from-time",
                    "yesterday",
                    "flights.csv");
        }

        @Test
        void is_no_count() {
            assertWrong(
                    "--max = -1 is out of range: expected 0 or more",
                    "consume",
                    "--spec",
                    spec,
                    "--bootstrap-servers",
                    "localhost:1",
                    "--max",
                    "-1");
        }

        @Test
        void says_what_to_replay() {
            assertWrong(
                    "nothing to replay was given: expected FILE, or --bootstrap-servers HOST:PORT to read Kafka",
                    "replay",
                    "--spec",
                    spec);
        }

        @Test
        void contradicts_another() {
            assertWrong(
                    "--rate and --speed were given: expected one of them",
                    "produce",
                    "--spec",
                    spec,
                    "--bootstrap-servers",
                    "localhost:1",
                    "--rate",
                    "5",
                    "--speed",
                    "60");
        }
    }

    @Nested
    class A_port {
        private final InetAddress loopback = InetAddress.getLoopbackAddress();

        @Test
        void of_the_server_is_taken() throws IOException {
            try (var taken = new ServerSocket(0, 1, loopback)) {
                var port = Integer.toString(taken.getLocalPort());
                var message = "--http-port = " + port + " is in use: another program listens on 127.0.0.1:" + port
                        + ". Stop it, or choose another port (0 takes a free one)";

                assertWrong(message, "demo", "--port", "0", "--http-port", port, "--data", folder + "/data");
                assertWrong(message, "run", "--spec", spec, "--bootstrap-servers", "localhost:1", "--http-port", port);
                assertWrong(
                        message, "run", "--spec", spec, "--embedded", "--data", folder + "/data", "--http-port", port);
                assertThat(folder.resolve("data")).doesNotExist();
            }
        }

        @Test
        void of_the_broker_is_taken() throws IOException {
            try (var taken = new ServerSocket(0, 1, loopback)) {
                var port = Integer.toString(taken.getLocalPort());
                var message = "--port = " + port + " is in use: another program listens on 127.0.0.1:" + port
                        + ". Stop it, or choose another port (0 takes a free one)";

                assertWrong(message, "demo", "--http-port", "0", "--port", port, "--data", folder + "/data");
                assertWrong(
                        message,
                        "run",
                        "--spec",
                        spec,
                        "--embedded",
                        "--http-port",
                        "0",
                        "--port",
                        port,
                        "--data",
                        folder + "/data");
            }
        }

        @Test
        void is_none() {
            assertWrong("--http-port = 65536 is out of range: expected 0 to 65535", "demo", "--http-port", "65536");
            assertWrong("--port = -1 is out of range: expected 0 to 65535", "demo", "--http-port", "0", "--port", "-1");
        }

        @Test
        void is_on_another_machine() {
            assertWrong(
                    "--http-port = 0 can't be listened on at 192.0.2.1: Cannot assign requested address",
                    "demo",
                    "--http-port",
                    "0",
                    "--host",
                    "192.0.2.1");
            assertWrong(
                    "--host = no.such.host.invalid is not known: expected a name or address of this machine",
                    "demo",
                    "--host",
                    "no.such.host.invalid");
        }
    }

    @Nested
    class A_command {
        @Test
        void is_unknown() {
            assertWrong("Unmatched argument at index 0: 'learn'\n  `millrace --help` tells what there is.", "learn");
        }

        @Test
        void lacks_its_own_command() {
            assertWrong(
                    "a command is missing: expected one such as list, show or pin\n  `millrace models --help` tells what there is.",
                    "models");
        }
    }

    @Nested
    class A_model {
        @Test
        void is_not_in_its_directory() {
            assertWrong(
                    folder + "/version.avro is missing: expected a version written by millrace replay --out " + folder,
                    "serve",
                    "--model",
                    folder.toString());
        }
    }

    @Nested
    class A_stack_trace {
        @Test
        void is_shown_on_demand() {
            var called = Called.millrace("run", "--spec", "nope.yaml", "--stacktrace");

            assertThat(called.err()).contains("SpecException: nope.yaml does not exist", "\tat io.millrace.spec");
            assertThat(called.exitCode()).isEqualTo(2);
        }
    }
}
