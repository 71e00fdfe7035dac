package io.millrace.kafka;

import io.millrace.broker.EmbeddedBroker;
import io.millrace.model.Committed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.testcontainers.kafka.KafkaContainer;

/// The broker that all integration tests of this JVM share, started when first asked for.
///
/// `-Dmillrace.test.broker` says which: `embedded` (the default) or `docker`. Tests keep apart by the names of their
/// topics and groups, see [#unique].
public final class TestBroker {
    /// The system property that chooses the broker.
    static final String CHOICE = "millrace.test.broker";

    private static final String IMAGE = "apache/kafka:4.3.1";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long TAIL = 64;
    private static final AtomicInteger NAMES = new AtomicInteger();

    private TestBroker() {}

    public static String bootstrapServers() {
        return Running.BOOTSTRAP_SERVERS;
    }

    /// A name that no other test of this JVM uses: `flights` becomes `flights-7`.
    public static String unique(String name) {
        return name + "-" + NAMES.incrementAndGet();
    }

    public static void createTopic(String name, int partitions, Map<String, String> configs) {
        createTopic(bootstrapServers(), name, partitions, configs);
    }

    /// The same on any broker, such as a [BrokerProcess]; returns when the topic has leaders.
    public static void createTopic(String servers, String name, int partitions, Map<String, String> configs) {
        try (var admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            var topic = new NewTopic(name, partitions, (short) 1).configs(configs);
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("topic " + name + " was not created", e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void produceAll(Collection<ProducerRecord<byte[], byte[]>> records) {
        produceAll(bootstrapServers(), records);
    }

    /// Sends in order, and returns when all are acknowledged.
    public static void produceAll(String servers, Collection<ProducerRecord<byte[], byte[]>> records) {
        // one at a time: a broker that has just come back may refuse the first batch and take the second for the first
        Map<String, Object> config =
                Map.of("bootstrap.servers", servers, "linger.ms", "5", "max.in.flight.requests.per.connection", "1");
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            var sent = new ArrayList<Future<?>>(records.size());
            records.forEach(record -> sent.add(producer.send(record)));
            producer.flush(); // without lingering
            for (var each : sent) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a record was not sent", e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public static List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
        return readAll(bootstrapServers(), topic);
    }

    /// What a `read_committed` consumer gets from the start of every partition to its end as of now (its last stable
    /// offset), in the order of partitions, then offsets.
    ///
    /// @throws IllegalStateException if the end is not reached in 30 s
    public static List<ConsumerRecord<byte[], byte[]>> readAll(String servers, String topic) {
        try (var consumer = Committed.glance(Map.of("bootstrap.servers", servers), "earliest")) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .sorted(Comparator.comparingInt(TopicPartition::partition))
                    .toList();
            consumer.assign(partitions);
            var ends = consumer.endOffsets(partitions);
            consumer.seekToBeginning(partitions);
            var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
            var deadline = System.nanoTime() + PATIENCE.toNanos();
            // The position passes over markers of transactions and what they aborted, so it alone says when to stop.
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("topic " + topic + " was not read to " + ends + " in " + PATIENCE);
                }
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            records.removeIf(record -> record.offset() >= ends.get(new TopicPartition(topic, record.partition())));
            records.sort(Comparator.<ConsumerRecord<byte[], byte[]>>comparingInt(ConsumerRecord::partition)
                    .thenComparingLong(ConsumerRecord::offset));
            return records;
        }
    }

    /// Offset of the last committed record of a topic of one partition, whatever markers of transactions come after it.
    ///
    /// @throws java.util.NoSuchElementException if there is none
    public static long lastOffset(String servers, String topic) {
        var only = List.of(new TopicPartition(topic, 0));
        try (var consumer = Committed.glance(Map.of("bootstrap.servers", servers), "earliest")) {
            consumer.assign(only);
            var begin = consumer.beginningOffsets(only).get(only.getFirst());
            var end = consumer.endOffsets(only).get(only.getFirst());
            for (var back = TAIL; ; back *= 8) {
                consumer.seek(only.getFirst(), Math.max(begin, end - back));
                var last = OptionalLong.empty();
                var deadline = System.nanoTime() + PATIENCE.toNanos();
                while (consumer.position(only.getFirst()) < end) {
                    if (System.nanoTime() > deadline) {
                        throw new IllegalStateException(
                                "topic " + topic + " was not read to " + end + " in " + PATIENCE);
                    }
                    for (var record : consumer.poll(Duration.ofMillis(100))) {
                        last = OptionalLong.of(record.offset());
                    }
                }
                if (last.isPresent() || end - back <= begin) {
                    return last.orElseThrow();
                }
            }
        }
    }

    /// Loaded, and so started, by the first call that needs it; stopped with the JVM.
    private static final class Running {
        static final String BOOTSTRAP_SERVERS = switch (System.getProperty(CHOICE, "embedded")) {
            case "embedded" -> embedded();
            case "docker" -> docker();
            default ->
                throw new IllegalStateException(
                        CHOICE + " = " + System.getProperty(CHOICE) + ": expected embedded or docker");
        };

        private static String embedded() {
            try {
                var directory = Files.createTempDirectory("millrace-broker");
                var broker = EmbeddedBroker.start(directory, 0);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    broker.close();
                    TemporaryDirectory.delete(directory);
                }));
                return broker.bootstrapServers();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /// Removed by Testcontainers when the JVM ends.
        @SuppressWarnings("resource")
        private static String docker() {
            var container = new KafkaContainer(IMAGE)
                    .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                    .withEnv("KAFKA_TRANSACTION_ABORT_TIMED_OUT_TRANSACTION_CLEANUP_INTERVAL_MS", "1000");
            container.start();
            return container.getBootstrapServers();
        }
    }
}
