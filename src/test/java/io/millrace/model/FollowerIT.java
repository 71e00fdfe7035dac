package io.millrace.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.event.Wire;
import io.millrace.kafka.BrokerProcess;
import io.millrace.kafka.TestBroker;
import io.millrace.schema.VersionRecord;
import io.millrace.serve.FollowerMetrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Nine versions; 1, 5 and 9 are keyframes.
@Timeout(120)
class FollowerIT {
    private final List<List<VersionRecord>> versions = Trips.versions(9);
    private final String topic = TestBroker.unique("trips.main.versions");
    private final List<String> swaps = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void patience() {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

    private Follower follow(String servers) {
        return new Follower(Map.of("bootstrap.servers", servers), topic, model -> swaps.add(model.name()));
    }

    private Follower follow() {
        return follow(Map.of());
    }

    private Follower follow(Map<String, Object> more) {
        var properties = new HashMap<>(more);
        properties.put("bootstrap.servers", TestBroker.bootstrapServers());
        return new Follower(properties, topic, model -> swaps.add(model.name()));
    }

    private void createTopic() {
        TestBroker.createTopic(topic, 1, Map.of());
    }

    private List<ProducerRecord<byte[], byte[]>> records(List<List<VersionRecord>> some) {
        return some.stream()
                .flatMap(List::stream)
                .map(record -> record(Wire.encode(VersionRecord.getEncoder(), record)))
                .toList();
    }

    private ProducerRecord<byte[], byte[]> record(byte[] value) {
        return new ProducerRecord<>(topic, 0, null, null, value);
    }

    private void produce(int from, int to) {
        TestBroker.produceAll(records(versions.subList(from - 1, to)));
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
        try {
            producer.send(record).get();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void deleteBefore(long offset) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", TestBroker.bootstrapServers()))) {
            var before = Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset));
            admin.deleteRecords(before).all().get();
        }
    }

    private static void awaitVersion(Follower follower, String name) {
        await().untilAsserted(() -> assertThat(follower.current())
                .isNotNull()
                .extracting(Model::name)
                .isEqualTo(name));
    }

    @Nested
    class A_topic_of_keyframes_and_deltas {
        @Test
        void gives_every_version_with_the_weights_of_the_trainer() {
            createTopic();
            produce(1, 1);

            try (var follower = follow()) {
                awaitVersion(follower, "main/1");
                produce(2, 9);
                awaitVersion(follower, "main/9");

                var last = Model.of(null, versions.getLast());
                assertThat(Trips.weights(follower.current())).containsExactly(Trips.weights(last));
                assertThat(swaps)
                        .containsExactly(
                                "main/1", "main/2", "main/3", "main/4", "main/5", "main/6", "main/7", "main/8",
                                "main/9");
                assertThat(follower.swaps()).isEqualTo(9);
                assertThat(follower.refused()).isZero();
                await().until(() -> follower.lag().equals(OptionalLong.of(0)));
            }
        }

        @Test
        void gives_a_new_follower_none_but_the_newest_of_those_at_its_start() {
            createTopic();
            produce(1, 7);

            try (var follower = follow(Map.of("max.poll.records", "1"))) {
                awaitVersion(follower, "main/7");

                assertThat(swaps).containsExactly("main/7");
            }
        }

        @Test
        void gives_what_there_was_at_the_start_though_more_keeps_coming() {
            createTopic();
            produce(1, 7);
            Map<String, Object> config = Map.of(
                    "bootstrap.servers", TestBroker.bootstrapServers(), "transactional.id", topic, "linger.ms", "0");
            try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
                producer.initTransactions();
                producer.beginTransaction();
                records(versions.subList(7, 8)).forEach(record -> send(producer, record));

                try (var follower = follow(Map.of("max.poll.records", "1"))) {
                    awaitVersion(follower, "main/7");
                    producer.commitTransaction();
                    awaitVersion(follower, "main/8");

                    assertThat(swaps).containsExactly("main/7", "main/8");
                }
            }
        }

        @Test
        void gives_the_same_to_a_follower_that_starts_again() {
            createTopic();
            produce(1, 7);
            float[] before;
            try (var follower = follow()) {
                awaitVersion(follower, "main/7");
                before = Trips.weights(follower.current());
            }

            try (var follower = follow()) {
                awaitVersion(follower, "main/7");

                assertThat(Trips.weights(follower.current())).containsExactly(before);
            }
        }

        @Test
        void gives_versions_of_committed_transactions_only() {
            createTopic();
            Map<String, Object> config = Map.of(
                    "bootstrap.servers", TestBroker.bootstrapServers(), "transactional.id", topic, "linger.ms", "0");
            try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
                    var follower = follow()) {
                producer.initTransactions();
                producer.beginTransaction();
                records(versions.subList(0, 1)).forEach(record -> send(producer, record));
                producer.commitTransaction();
                awaitVersion(follower, "main/1");
                producer.beginTransaction();
                records(versions.subList(1, 2)).forEach(record -> send(producer, record));
                producer.abortTransaction();
                producer.beginTransaction();
                records(versions.subList(4, 5)).forEach(record -> send(producer, record));
                producer.commitTransaction();

                awaitVersion(follower, "main/5");

                assertThat(swaps).containsExactly("main/1", "main/5");
                assertThat(follower.refused()).isZero();
            }
        }
    }

    @Nested
    class A_topic_that_does_not_exist_yet {
        @Test
        void is_waited_for_and_not_made() throws Exception {
            try (var follower = follow();
                    var admin = Admin.create(Map.of("bootstrap.servers", TestBroker.bootstrapServers()))) {
                await().during(Duration.ofSeconds(1))
                        .until(() -> !admin.listTopics().names().get().contains(topic));
                assertThat(follower.current()).isNull();

                createTopic();
                produce(1, 2);

                awaitVersion(follower, "main/2");
            }
        }

        @Test
        @Timeout(20)
        void does_not_hold_up_a_close() {
            var follower = follow();

            follower.close();

            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().equals("follower-" + topic));
        }
    }

    @Nested
    class Records_that_were_deleted {
        @Test
        void are_not_missed_by_a_new_follower() throws Exception {
            createTopic();
            produce(1, 6);
            deleteBefore(versions.subList(0, 4).stream().mapToInt(List::size).sum());

            try (var follower = follow()) {
                awaitVersion(follower, "main/6");

                assertThat(swaps).containsExactly("main/6");
                assertThat(follower.refused()).isZero();
            }
        }

        @Test
        void let_one_that_was_behind_go_on_at_the_oldest_that_is_left() throws Exception {
            createTopic();
            produce(1, 1);
            var busy = new CountDownLatch(1);
            var released = new CountDownLatch(1);
            var properties = Map.<String, Object>of("bootstrap.servers", TestBroker.bootstrapServers());
            try (var follower = new Follower(properties, topic, model -> {
                swaps.add(model.name());
                busy.countDown();
                awaitUninterrupted(released);
            })) {
                assertThat(busy.await(30, SECONDS)).isTrue();
                produce(2, 2); // may be on its way to the follower already; what comes next is not
                produce(3, 9);
                deleteBefore(
                        versions.subList(0, 8).stream().mapToInt(List::size).sum());

                released.countDown();

                awaitVersion(follower, "main/9");
                assertThat(swaps).startsWith("main/1").endsWith("main/9").doesNotContain("main/5", "main/8");
                assertThat(follower.refused()).isZero();
            }
        }

        private static void awaitUninterrupted(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Nested
    class A_broken_version_in_the_middle {
        @ParameterizedTest
        @EnumSource(Damage.class)
        void is_refused_and_counted_and_the_next_keyframe_goes_on(Damage damage) {
            createTopic();
            produce(1, 1);
            var registry = new SimpleMeterRegistry();
            try (var follower = follow()) {
                new FollowerMetrics(follower).bindTo(registry);
                awaitVersion(follower, "main/1");

                TestBroker.produceAll(damage.of(versions.get(1)).stream()
                        .map(FollowerIT.this::record)
                        .toList());
                produce(3, 4);
                await().until(() -> follower.refused() > 0 && follower.lag().equals(OptionalLong.of(0)));
                assertThat(follower.current().name()).isEqualTo("main/1");
                produce(5, 6);
                awaitVersion(follower, "main/6");

                assertThat(swaps).containsExactly("main/1", "main/5", "main/6");
                assertThat(registry.get("millrace.model.refused")
                                .functionCounter()
                                .count())
                        .isEqualTo(damage.refusals);
                var expected = Model.of(Model.of(null, versions.get(4)), versions.get(5));
                assertThat(Trips.weights(follower.current())).containsExactly(Trips.weights(expected));
            }
        }

        @Test
        void is_not_served_after_a_restart_either() {
            createTopic();
            produce(1, 4);
            TestBroker.produceAll(Damage.WRONG_DIGEST.of(versions.get(4)).stream()
                    .map(FollowerIT.this::record)
                    .toList());

            try (var follower = follow()) {
                awaitVersion(follower, "main/4");

                assertThat(follower.refused()).isEqualTo(1);
            }
        }

        @Test
        void may_be_an_old_keyframe() {
            createTopic();
            produce(1, 6);
            try (var follower = follow()) {
                awaitVersion(follower, "main/6");

                produce(5, 5); // as by a trainer that was given up for dead
                produce(7, 7);
                awaitVersion(follower, "main/7");

                assertThat(swaps).containsExactly("main/6", "main/7");
                assertThat(follower.refused()).isEqualTo(1);
            }
        }

        @Test
        void may_be_no_version_at_all() {
            createTopic();
            produce(1, 1);
            TestBroker.produceAll(List.of(record("nonsense".getBytes(UTF_8)), record(null), record(new byte[0])));
            produce(2, 2);

            try (var follower = follow()) {
                awaitVersion(follower, "main/2");

                assertThat(follower.refused()).isEqualTo(3);
            }
        }

        @Test
        void may_claim_to_be_longer_than_memory() {
            createTopic();
            var bytes =
                    Wire.encode(VersionRecord.getEncoder(), versions.getFirst().getFirst());
            // 10 bytes of header, the union's branch, then the lineage's length: now 2 GiB - 100.
            var huge = new byte[] {(byte) 0xb8, (byte) 0xfe, (byte) 0xff, (byte) 0xff, 0x0f};
            System.arraycopy(huge, 0, bytes, 11, huge.length);
            TestBroker.produceAll(List.of(record(bytes)));
            produce(1, 1);

            try (var follower = follow()) {
                awaitVersion(follower, "main/1");

                assertThat(follower.refused()).isEqualTo(1);
            }
        }
    }

    @Nested
    class A_thread_that_dies {
        @Test
        void is_a_failure_that_says_so() {
            createTopic();
            produce(1, 1);
            var properties = Map.<String, Object>of("bootstrap.servers", TestBroker.bootstrapServers());

            try (var follower = new Follower(properties, topic, model -> {
                throw new AssertionError("an error, not an exception");
            })) {
                assertThat(follower.failure())
                        .failsWithin(Duration.ofSeconds(30))
                        .withThrowableOfType(ExecutionException.class)
                        .havingCause()
                        .isInstanceOf(FollowerException.class)
                        .withMessage("versions of " + topic + " can't be followed any more: java.lang.AssertionError: "
                                + "an error, not an exception. What is served would grow old unnoticed, so it must be"
                                + " started anew");
            }
        }

        @Test
        void is_none_that_was_closed() {
            var follower = follow();

            follower.close();

            assertThat(follower.failure()).isNotDone();
        }
    }

    @Nested
    class A_listener_that_fails {
        @Test
        void does_not_stop_the_follower() {
            createTopic();
            produce(1, 2);

            try (var follower =
                    new Follower(Map.of("bootstrap.servers", TestBroker.bootstrapServers()), topic, model -> {
                        throw new IllegalStateException("listener of " + model.name());
                    })) {
                awaitVersion(follower, "main/2");
            }
        }
    }

    @Nested
    class A_broker_that_dies_and_comes_back {
        @TempDir
        private Path directory;

        @Test
        void is_outlived() {
            try (var broker = BrokerProcess.start(directory)) {
                TestBroker.createTopic(broker.bootstrapServers(), topic, 1, Map.of());
                TestBroker.produceAll(broker.bootstrapServers(), records(versions.subList(0, 2)));
                try (var follower = follow(broker.bootstrapServers())) {
                    awaitVersion(follower, "main/2");

                    broker.kill();
                    broker.restart();
                    TestBroker.produceAll(broker.bootstrapServers(), records(versions.subList(2, 4)));

                    awaitVersion(follower, "main/4");
                    assertThat(swaps).containsExactly("main/2", "main/3", "main/4");
                }
            }
        }
    }
}
