package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.TestBroker;
import io.millrace.spec.Spec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/// How far the roles of a lineage have come, as the broker knows it.
public final class Progress {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Progress() {}

    /// Waits until the split has committed every event.
    public static void awaitSplit(String servers, Spec spec, String lineage) {
        await("every event split").untilAsserted(() -> {
            for (var info : partitionsOf(servers, spec.events().topic())) {
                assertThat(committed(servers, spec.topic(lineage, "split")).getOrDefault(info, 0L))
                        .isGreaterThanOrEqualTo(end(servers, info));
            }
        });
        if (ById.isUsed(spec)) {
            awaitById(servers, spec, lineage);
        }
    }

    /// Waits until the split has committed every event and the trainer every block.
    public static void awaitLearned(String servers, Spec spec, String lineage) {
        awaitLearned(servers, spec, lineage, lineage);
    }

    /// The same of a trainer that learns the blocks of another lineage.
    static void awaitLearned(String servers, Spec spec, String lineage, String blocks) {
        awaitSplit(servers, spec, blocks);
        var log = new TopicPartition(spec.topic(blocks, "train"), 0);
        var records = TestBroker.readAll(servers, log.topic());
        var last = records.getLast().offset();
        await("every block learned")
                .untilAsserted(() -> assertThat(
                                committed(servers, spec.topic(lineage, "train")).getOrDefault(log, 0L))
                        .isGreaterThan(last));
    }

    /// Waits until the split has committed what it had sent to the partitions of ids.
    private static void awaitById(String servers, Spec spec, String lineage) {
        await("no open transaction").untilAsserted(() -> {
            for (var partition : partitionsOf(servers, ById.topic(spec, lineage))) {
                assertThat(end(servers, partition, IsolationLevel.READ_COMMITTED))
                        .isEqualTo(end(servers, partition));
            }
        });
        var last = new HashMap<TopicPartition, Long>();
        TestBroker.readAll(servers, ById.topic(spec, lineage))
                .forEach(record -> last.put(new TopicPartition(record.topic(), record.partition()), record.offset()));
        await("every event by id split").untilAsserted(() -> {
            var committed = committed(servers, spec.topic(lineage, "split"));
            last.forEach((partition, offset) ->
                    assertThat(committed.getOrDefault(partition, 0L)).isGreaterThan(offset));
        });
    }

    /// Waits until the split has committed all of one partition.
    static void awaitCommitted(String servers, Spec spec, String lineage, int partition) {
        var events = new TopicPartition(spec.events().topic(), partition);
        var group = spec.topic(lineage, "split");
        await("partition " + partition + " split")
                .untilAsserted(() -> assertThat(committed(servers, group).getOrDefault(events, 0L))
                        .isGreaterThanOrEqualTo(end(servers, events)));
    }

    /// Waits until a trainer of this process has committed more than so many examples.
    static void awaitExamples(TrainRole train, long examples) {
        await("more than " + examples + " examples learned")
                .untilAsserted(
                        () -> assertThat(train.progress().snapshot().examples()).isGreaterThan(examples));
    }

    /// A stream thread that is replaced ends with its exception: nothing that fails a test.
    private static org.awaitility.core.ConditionFactory await(String what) {
        return Awaitility.await(what)
                .dontCatchUncaughtExceptions()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200));
    }

    private static List<TopicPartition> partitionsOf(String servers, String topic) {
        return ask(
                servers,
                admin -> admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .toList());
    }

    private static long end(String servers, TopicPartition partition) {
        return end(servers, partition, IsolationLevel.READ_UNCOMMITTED);
    }

    private static long end(String servers, TopicPartition partition, IsolationLevel isolation) {
        return ask(
                servers,
                admin -> admin.listOffsets(Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(isolation))
                        .partitionResult(partition)
                        .get()
                        .offset());
    }

    private static Map<TopicPartition, Long> committed(String servers, String group) {
        var offsets = new HashMap<TopicPartition, Long>();
        ask(
                        servers,
                        admin -> admin.listConsumerGroupOffsets(group)
                                .partitionsToOffsetAndMetadata()
                                .get())
                .forEach((partition, offset) -> {
                    if (offset != null) {
                        offsets.put(partition, offset.offset());
                    }
                });
        return offsets;
    }

    private interface Question<T> {
        T ask(Admin admin) throws ExecutionException, InterruptedException;
    }

    private static <T> T ask(String servers, Question<T> question) {
        try (var admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            return question.ask(admin);
        } catch (ExecutionException | InterruptedException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
