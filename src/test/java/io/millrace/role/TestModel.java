package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.cli.CliProcess;
import io.millrace.kafka.TestBroker;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A model of a name of its own on the shared broker: its spec as a file and its topics, made and filled.
final class TestModel implements AutoCloseable {
    static final String LINEAGE = "main";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    final Spec spec;
    private final Path dir;
    private final Path specFile;
    private final Admin admin = Admin.create(Map.of("bootstrap.servers", TestBroker.bootstrapServers()));
    private final KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
            Map.of("bootstrap.servers", TestBroker.bootstrapServers(), "max.request.size", 4 << 20),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    private final int partitions;
    private long produced;

    /// @param yaml the spec; `dir` holds it and what roles write
    /// @param settings of the source topic
    TestModel(Path dir, String yaml, int partitions, Map<String, String> settings) throws IOException {
        this.dir = dir;
        this.partitions = partitions;
        specFile = Files.writeString(dir.resolve("spec.yaml"), yaml);
        spec = SpecReader.read(specFile);
        Topics.ensureEvents(admin, spec, partitions, settings);
        Topics.ensure(admin, spec, LINEAGE);
    }

    /// The shipped spec of flights under another name.
    ///
    /// @param publish what stands in place of its `publish:` block
    static String flights(String name, String publish) {
        var model = TestBroker.unique(name);
        return SpecReader.resourceText("flights.yaml")
                .replace("model: flight-delays", "model: " + model)
                .replace("topic: flights", "topic: " + model + ".flights")
                .replace("publish: { every: 500ms }", "publish: " + publish);
    }

    /// The same spec but for when versions leave.
    Spec publishing(String publish) throws IOException {
        var yaml = Files.readString(specFile).replaceFirst("publish: \\{[^}]*}", "publish: " + publish);
        return SpecReader.read(Files.writeString(dir.resolve("published-otherwise.yaml"), yaml));
    }

    /// Starts a role in a process of its own.
    RoleProcess process(String role) throws IOException {
        return process(role, Map.of());
    }

    /// The same with an environment beside this one's.
    RoleProcess process(String role, Map<String, String> environment) throws IOException {
        return new RoleProcess(
                new RoleProcess.Plan(role, specFile, LINEAGE, TestBroker.bootstrapServers(), dir.resolve(role), 1, 0),
                environment);
    }

    /// `millrace run` with one role, where such a process would go on.
    ///
    /// @param main what becomes `millrace` there
    CliProcess command(Class<?> main, String role) throws IOException {
        return new CliProcess(
                main,
                List.of(
                        "run",
                        "--roles",
                        role,
                        "--spec",
                        specFile.toString(),
                        "--bootstrap-servers",
                        TestBroker.bootstrapServers(),
                        "--state-dir",
                        dir.resolve(role).toString()));
    }

    /// What such a process runs with, for a role in this one that goes on where it ended.
    RoleSettings settings(String role) {
        Map<String, Object> client = Map.of("bootstrap.servers", TestBroker.bootstrapServers());
        return RoleSettings.of(client, LINEAGE, dir.resolve(role), new SimpleMeterRegistry());
    }

    /// Sends events to the partitions in turn; returns when all are acknowledged.
    void produce(List<byte[]> events) {
        produce(events, null);
    }

    /// The same with a timestamp for all records.
    ///
    /// @param timestamp null: now
    void produce(List<byte[]> events, @Nullable Long timestamp) {
        var sent = events.stream()
                .map(event -> producer.send(new ProducerRecord<>(
                        spec.events().topic(), (int) (produced++ % partitions), timestamp, null, event)))
                .toList();
        producer.flush(); // without lingering
        for (var each : sent) {
            try {
                each.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a record was not sent", e.getCause());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    String topic(String word) {
        return spec.topic(LINEAGE, word);
    }

    /// Waits until a role has committed every event of the source topic.
    void awaitEvents(String role) {
        var ends = ends(spec.events().topic());
        Awaitility.await("every event taken by " + role)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(committed(role)).containsAllEntriesOf(ends));
        if (role.equals("split") && ById.isUsed(spec)) {
            awaitEventsById();
        }
    }

    /// Waits until the split has committed what it had sent to the partitions of ids.
    private void awaitEventsById() {
        awaitSettled(topic("by-id"));
        var last = new HashMap<TopicPartition, Long>();
        TestBroker.readAll(topic("by-id"))
                .forEach(record -> last.put(new TopicPartition(record.topic(), record.partition()), record.offset()));
        Awaitility.await("every event by id split")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> {
                    var committed = committed("split");
                    last.forEach((partition, offset) ->
                            assertThat(committed.getOrDefault(partition, 0L)).isGreaterThan(offset));
                });
    }

    /// Waits until the trainer has committed every block that the split has written.
    void awaitLearned() {
        awaitEvents("split");
        var log = new TopicPartition(topic("train"), 0);
        var next = Progress.lastBlock(TestBroker.bootstrapServers(), log.topic()) + 1;
        Awaitility.await("every block learned")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() ->
                        assertThat(committed("train").getOrDefault(log, 0L)).isGreaterThanOrEqualTo(next));
    }

    LogReplay log() {
        return new LogReplay(spec, TestBroker.readAll(topic("train")));
    }

    /// Bytes that a topic takes on the broker's disk.
    long bytes(String topic) {
        try {
            var brokers =
                    admin.describeCluster().nodes().get().stream().map(Node::id).toList();
            return admin.describeLogDirs(brokers).allDescriptions().get().values().stream()
                    .flatMap(dirs -> dirs.values().stream())
                    .flatMap(dir -> dir.replicaInfos().entrySet().stream())
                    .filter(replica -> replica.getKey().topic().equals(topic))
                    .mapToLong(replica -> replica.getValue().size())
                    .sum();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Offset before which nothing of a topic of one partition is left.
    long logStart(String topic) {
        var partition = new TopicPartition(topic, 0);
        try {
            return admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Waits until no transaction is open in a topic: that of a process which was killed, and did not come back, is
    /// until it times out, and hides what others have committed after it.
    void awaitSettled(String topic) {
        Awaitility.await("no open transaction in " + topic)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() ->
                        assertThat(ends(topic, IsolationLevel.READ_COMMITTED)).isEqualTo(ends(topic)));
    }

    private Map<TopicPartition, Long> ends(String topic) {
        return ends(topic, IsolationLevel.READ_UNCOMMITTED);
    }

    private Map<TopicPartition, Long> ends(String topic, IsolationLevel isolation) {
        try {
            var asked = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().stream()
                    .collect(Collectors.toMap(
                            info -> new TopicPartition(topic, info.partition()), info -> OffsetSpec.latest()));
            return admin.listOffsets(asked, new ListOffsetsOptions(isolation)).all().get().entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, entry -> entry.getValue().offset()));
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<TopicPartition, Long> committed(String role) {
        try {
            return admin.listConsumerGroupOffsets(topic(role)).partitionsToOffsetAndMetadata().get().entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, entry -> entry.getValue().offset()));
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        producer.close();
        admin.close();
    }
}
