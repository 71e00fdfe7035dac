package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommitHookTest {
    private static final TopicPartition A = new TopicPartition("a", 0);
    private static final TopicPartition B = new TopicPartition("b", 0);

    private static final ConsumerGroupMetadata GROUP = new MockConsumer<byte[], byte[]>("earliest").groupMetadata();

    @TempDir
    Path dir;

    private InstanceId instance;
    private CommitHook hook;
    private final MockProducer<byte[], byte[]> inner =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private HookedProducer producer;

    @BeforeEach
    void begin() {
        instance = InstanceId.in(dir);
        hook = new CommitHook(instance, Probe.NONE, UnaryOperator.identity());
        producer = new HookedProducer(inner, hook);
        producer.initTransactions();
        producer.beginTransaction();
    }

    @AfterEach
    void end() {
        instance.close();
    }

    /// Sends its name when it leaves.
    private static final class Named implements CommitBuffer {
        private final String name;
        private boolean processed;
        private boolean waiting;

        Named(String name) {
            this.name = name;
        }

        @Override
        public boolean processed() {
            return processed;
        }

        @Override
        public boolean waiting() {
            return waiting;
        }

        @Override
        public void leave(Producer<byte[], byte[]> producer) {
            CommitBuffer.send(producer, new ProducerRecord<>("out", name.getBytes(StandardCharsets.UTF_8)));
            processed = false;
            waiting = false;
        }
    }

    private Named buffer(String name, TopicPartition source, boolean processed) {
        var buffer = new Named(name);
        buffer.processed = processed;
        hook.register(Set.of(source), buffer);
        return buffer;
    }

    private void commit(TopicPartition... partitions) {
        var offsets = new java.util.HashMap<TopicPartition, OffsetAndMetadata>();
        for (var partition : partitions) {
            offsets.put(partition, new OffsetAndMetadata(1));
        }
        producer.sendOffsetsToTransaction(offsets, GROUP);
        producer.commitTransaction();
    }

    private Iterable<String> sent() {
        return inner.history().stream()
                .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    @Nested
    class A_commit {
        @Test
        void lets_leave_what_its_offsets_cover() {
            buffer("first", A, true);
            buffer("second", B, true);

            commit(A, B);

            assertThat(sent()).containsExactly("first", "second");
        }

        @Test
        void sends_before_the_offsets_join() {
            var joined = new java.util.ArrayList<Integer>();
            var watching = new HookedProducer(
                    inner,
                    new CommitHook(
                            instance,
                            new Probe() {
                                @Override
                                public void at(Moment moment) {
                                    joined.add(
                                            inner.consumerGroupOffsetsHistory().size() + (inner.sentOffsets() ? 1 : 0));
                                }
                            },
                            UnaryOperator.identity()));

            watching.sendOffsetsToTransaction(Map.of(A, new OffsetAndMetadata(1)), GROUP);

            assertThat(joined).containsExactly(0, 0, 1);
        }

        @Test
        void that_leaves_out_a_task_with_work_sends_nothing() {
            buffer("covered", A, true);
            buffer("left out", B, true);

            assertThatThrownBy(() -> commit(A))
                    .isInstanceOf(KafkaException.class)
                    .hasMessage("commit of [a-0] leaves out [b-0], which processed records on this thread:"
                            + " nothing was sent, the transaction is given up");
            assertThat(sent()).isEmpty();
        }

        @Test
        void may_leave_out_a_task_without_work() {
            buffer("covered", A, true);
            buffer("idle", B, false);

            commit(A);

            assertThat(sent()).containsExactly("covered");
        }

        @Test
        void without_offsets_lets_leave_what_waits() {
            buffer("waiting", A, false).waiting = true;

            commit();

            assertThat(sent()).containsExactly("waiting");
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void leaves_other_threads_alone(boolean covered) throws InterruptedException {
            var registered = new CountDownLatch(1);
            var committed = new CountDownLatch(1);
            // alive all the while: entries of a dead thread are forgotten anyway
            try (var other = Executors.newSingleThreadExecutor()) {
                var _ = other.submit(() -> {
                    buffer("other", B, true);
                    registered.countDown();
                    committed.await();
                    return true;
                });
                try {
                    registered.await();
                    buffer("mine", A, true);

                    commit(covered ? new TopicPartition[] {A, B} : new TopicPartition[] {A});
                } finally {
                    committed.countDown();
                }
            }

            assertThat(sent()).containsExactly("mine");
        }

        @Test
        void forgets_a_buffer_that_is_closed() {
            var closed = buffer("closed", A, true);
            hook.unregister(closed);

            commit(A);

            assertThat(sent()).isEmpty();
        }

        @Test
        void knows_a_buffer_once_though_it_registers_again() {
            var again = buffer("again", A, true);
            hook.register(Set.of(A), again);

            commit(A);

            assertThat(sent()).containsExactly("again");
        }
    }
}
