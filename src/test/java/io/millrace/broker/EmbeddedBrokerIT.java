package io.millrace.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.kafka.BrokerProcess;
import io.millrace.kafka.TestBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("embedded")
class EmbeddedBrokerIT {
    @TempDir
    Path directory;

    @Test
    void has_its_data_back_when_it_starts_again() {
        try (var broker = EmbeddedBroker.start(directory, 0)) {
            TestBroker.createTopic(broker.bootstrapServers(), "events", 2, Map.of());
            TestBroker.produceAll(broker.bootstrapServers(), records(0, 50));
        }

        try (var broker = EmbeddedBroker.start(directory, 0)) {
            TestBroker.produceAll(broker.bootstrapServers(), records(50, 100));

            assertThat(values(broker.bootstrapServers())).containsExactlyInAnyOrderElementsOf(numbers(0, 100));
        }
    }

    @Test
    void has_its_data_back_after_a_kill() {
        try (var broker = BrokerProcess.start(directory)) {
            var servers = broker.bootstrapServers();
            TestBroker.createTopic(servers, "events", 2, Map.of());
            TestBroker.produceAll(servers, records(0, 50));

            broker.kill();
            broker.restart();

            assertThat(broker.bootstrapServers()).isEqualTo(servers);
            assertThat(values(servers)).containsExactlyInAnyOrderElementsOf(numbers(0, 50));
        }
    }

    /// Killed after its directory was made and before it was known to the controller.
    @Test
    void starts_after_a_kill_in_its_first_start() throws IOException {
        try (var broker = BrokerProcess.start(directory)) {
            broker.kill();
        }
        try (var files = Files.walk(directory)) {
            for (var file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("meta.properties") && !file.endsWith("bootstrap.checkpoint"))
                    .toList()) {
                Files.delete(file);
            }
        }

        EmbeddedBroker.start(directory, 0).close();
    }

    /// Killed after the dead one was taken out of the metadata and before it was in again.
    @Test
    void starts_after_a_kill_while_it_started_after_a_kill() throws Exception {
        try (var broker = BrokerProcess.start(directory)) {
            TestBroker.createTopic(broker.bootstrapServers(), "events", 2, Map.of());
            TestBroker.produceAll(broker.bootstrapServers(), records(0, 50));
            broker.kill();
        }
        EmbeddedBroker.removeKilled(directory, freePort());

        try (var broker = EmbeddedBroker.start(directory, 0)) {
            assertThat(values(broker.bootstrapServers())).containsExactlyInAnyOrderElementsOf(numbers(0, 50));
        }
    }

    private static int freePort() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    @Test
    void lets_settings_override_its_own() {
        try (var broker = EmbeddedBroker.start(directory, 0, Map.of("auto.create.topics.enable", "true"))) {
            TestBroker.produceAll(broker.bootstrapServers(), records(0, 1));

            assertThat(values(broker.bootstrapServers())).containsExactly("0");
        }
    }

    @Test
    void says_which_port_is_taken() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var port = taken.getLocalPort();

            assertThatThrownBy(() -> EmbeddedBroker.start(directory, port))
                    .isInstanceOf(BrokerException.class)
                    .hasMessage(
                            "broker.port = " + port
                                    + " is in use: expected a port of 127.0.0.1 that no other program listens on, or 0 for any");
            assertThat(directory.resolve("meta.properties")).doesNotExist();
        }
    }

    @Test
    void says_which_directory_another_process_has() {
        try (var _ = BrokerProcess.start(directory)) {
            assertInUse();
        }
    }

    @Test
    void says_which_directory_this_process_has() {
        var lock = DirectoryLock.acquire(directory);
        assertInUse();
        lock.close();

        EmbeddedBroker.start(directory, 0).close();
    }

    @Test
    void says_which_directory_it_cannot_write() throws IOException {
        var file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> EmbeddedBroker.start(file, 0))
                .isInstanceOf(BrokerException.class)
                .hasMessageStartingWith("broker.directory = " + file + " can't be written: ");
    }

    private void assertInUse() {
        assertThatThrownBy(() -> EmbeddedBroker.start(directory, 0))
                .isInstanceOf(BrokerException.class)
                .hasMessage("broker.directory = " + directory
                        + " is in use: expected one that no other broker runs on, here or in another process");
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    private static List<ProducerRecord<byte[], byte[]>> records(int from, int to) {
        return numbers(from, to).stream()
                .map(number -> new ProducerRecord<byte[], byte[]>("events", number.getBytes(UTF_8)))
                .toList();
    }

    private static List<String> values(String servers) {
        return TestBroker.readAll(servers, "events").stream()
                .map(record -> new String(record.value(), UTF_8))
                .toList();
    }
}
