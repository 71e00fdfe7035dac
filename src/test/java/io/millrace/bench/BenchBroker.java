package io.millrace.bench;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.kafka.BrokerProcess;
import io.millrace.role.RoleSettings;
import io.millrace.role.Topics;
import io.millrace.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// A broker in a JVM of its own on the same cores, and what every benchmark asks of it.
final class BenchBroker implements AutoCloseable {
    private final Path directory;
    private final BrokerProcess broker;

    private BenchBroker(Path directory, BrokerProcess broker) {
        this.directory = directory;
        this.broker = broker;
    }

    static BenchBroker start() throws IOException {
        var directory = Files.createTempDirectory("millrace-bench");
        return new BenchBroker(directory, BrokerProcess.startCompiled(directory.resolve("broker")));
    }

    Map<String, Object> client() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    /// Settings of roles as `millrace run` has them by default, with a state directory of their own.
    RoleSettings settings(String lineage) {
        return RoleSettings.of(client(), lineage, directory.resolve(lineage), new SimpleMeterRegistry());
    }

    Path directory() {
        return directory;
    }

    /// Makes the topics of a lineage, and that of the events.
    void topics(Spec spec, String lineage) {
        try (var admin = Admin.create(client())) {
            Topics.ensureEvents(admin, spec, 1, Map.of("retention.ms", "-1"));
            Topics.ensure(admin, spec, lineage);
        }
    }

    /// A producer of events with the settings of `millrace produce`.
    KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "linger.ms",
                5,
                "batch.size",
                128 << 10,
                "buffer.memory",
                64L << 20);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /// @return how many there were
    int produce(String topic, List<byte[]> events) {
        try (var producer = producer()) {
            for (var event : events) {
                var _ = producer.send(new ProducerRecord<>(topic, 0, null, event));
            }
        }
        return events.size();
    }

    /// What a topic takes on the disk.
    long bytes(String topic) throws Exception {
        try (var admin = Admin.create(client())) {
            return admin.describeLogDirs(List.of(1)).allDescriptions().get().values().stream()
                    .flatMap(dirs -> dirs.values().stream())
                    .flatMap(dir -> dir.replicaInfos().entrySet().stream())
                    .filter(replica -> replica.getKey().topic().equals(topic))
                    .mapToLong(replica -> replica.getValue().size())
                    .sum();
        }
    }

    @Override
    public void close() {
        broker.close();
        try (var files = Files.walk(directory)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException left) {
            System.err.println(directory + " is left behind: " + left.getMessage());
        }
    }
}
