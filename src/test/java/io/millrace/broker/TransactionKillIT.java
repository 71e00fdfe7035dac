package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.BrokerProcess;
import io.millrace.kafka.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Broker and producer are killed together while transactions end, again and again: each is in all of its topics or in
/// none, and the offsets in it say so. Kafka's own start loses some of them (KAFKA-20734).
@Tag("embedded")
class TransactionKillIT {
    private static final int KILLS = 6;
    private static final int MOST_COMMITS = 60;
    private static final List<String> TOPICS = List.of("one", "two", "three");
    private static final TopicPartition SOURCE = new TopicPartition("source", 0);
    private static final String GROUP = "copier";

    @TempDir
    Path directory;

    @Test
    void each_transaction_is_whole_or_was_never_there() throws Exception {
        var seed = new Random().nextLong();
        var random = new Random(seed);
        try (var broker = BrokerProcess.start(directory)) {
            for (var topic : TOPICS) {
                TestBroker.createTopic(broker.bootstrapServers(), topic, 1, Map.of());
            }
            TestBroker.createTopic(broker.bootstrapServers(), SOURCE.topic(), 1, Map.of());
        }
        for (var kill = 0; kill < KILLS; kill++) {
            copyUntilKilled(1 + random.nextInt(MOST_COMMITS));
        }

        try (var broker = BrokerProcess.start(directory)) {
            var servers = broker.bootstrapServers();
            var ids = IntStream.range(0, last(servers)).boxed().toList();
            for (var topic : TOPICS) {
                assertThat(read(servers, topic)).as("%s, seed %d", topic, seed).isEqualTo(ids);
            }
        }
    }

    /// A broker on a port of its own, which is killed after so many commits.
    private void copyUntilKilled(int after) throws InterruptedException {
        try (var broker = BrokerProcess.start(directory)) {
            var commits = new AtomicInteger();
            var copier = Thread.ofPlatform().start(() -> copy(broker.bootstrapServers(), commits));
            Awaitility.await("commits")
                    .atMost(Duration.ofMinutes(1))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> commits.get() >= after);
            broker.kill();
            copier.interrupt();
            assertThat(copier.join(Duration.ofMinutes(1))).as("the copier ends").isTrue();
        }
    }

    /// Copies until it is interrupted.
    private static void copy(String servers, AtomicInteger commits) {
        try (var copier = new Copier(servers)) {
            while (true) {
                copier.copy();
                commits.incrementAndGet();
            }
        } catch (InterruptException killed) {
            assertThat(commits).hasPositiveValue();
        }
    }

    /// Copies once more.
    ///
    /// @return how many there are then
    private static int last(String servers) {
        try (var copier = new Copier(servers)) {
            return copier.copy();
        }
    }

    /// Sends every number from the committed one on to all topics, a transaction each.
    private static final class Copier implements AutoCloseable {
        private final KafkaProducer<Integer, Integer> producer;
        private final KafkaConsumer<byte[], byte[]> consumer;
        private int next;

        Copier(String servers) {
            Map<String, Object> produced =
                    Map.of("bootstrap.servers", servers, "transactional.id", GROUP, "linger.ms", 0);
            Map<String, Object> consumed =
                    Map.of("bootstrap.servers", servers, "group.id", GROUP, "isolation.level", "read_committed");
            producer = new KafkaProducer<>(produced, new IntegerSerializer(), new IntegerSerializer());
            consumer = new KafkaConsumer<>(consumed, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            producer.initTransactions();
            var committed = consumer.committed(Set.of(SOURCE)).get(SOURCE);
            next = committed == null ? 0 : (int) committed.offset();
        }

        int copy() {
            producer.beginTransaction();
            for (var topic : TOPICS) {
                var _ = producer.send(new ProducerRecord<>(topic, next)); // the commit fails where this did
            }
            next++;
            producer.sendOffsetsToTransaction(Map.of(SOURCE, new OffsetAndMetadata(next)), consumer.groupMetadata());
            producer.commitTransaction();
            return next;
        }

        @Override
        public void close() {
            producer.close(Duration.ZERO);
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    private static List<Integer> read(String servers, String topic) {
        return TestBroker.readAll(servers, topic).stream()
                .map(record -> new IntegerDeserializer().deserialize(topic, record.value()))
                .toList();
    }
}
