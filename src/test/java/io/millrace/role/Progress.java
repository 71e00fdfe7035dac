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
        with(servers, admin -> {
            var events = partitionsOf(admin, spec.events().topic());
            await("every event split").untilAsserted(() -> {
                var committed = committed(admin, spec.topic(lineage, "split"));
                ends(admin, events, IsolationLevel.READ_UNCOMMITTED)
                        .forEach((partition, end) -> assertThat(committed.getOrDefault(partition, 0L))
                                .as("%s", partition)
                                .isGreaterThanOrEqualTo(end));
            });
            if (ById.isUsed(spec)) {
                awaitById(servers, admin, spec, lineage);
            }
        });
    }

    /// Waits until the split has committed every event and the trainer every block.
    public static void awaitLearned(String servers, Spec spec, String lineage) {
        awaitLearned(servers, spec, lineage, lineage);
    }

    /// The same of a trainer that learns the blocks of another lineage.
    static void awaitLearned(String servers, Spec spec, String lineage, String blocks) {
        awaitSplit(servers, spec, blocks);
        var log = new TopicPartition(spec.topic(blocks, "train"), 0);
        var last = lastBlock(servers, log.topic());
        with(
                servers,
                admin -> await("every block learned")
                        .untilAsserted(() -> assertThat(committed(admin, spec.topic(lineage, "train"))
                                        .getOrDefault(log, 0L))
                                .isGreaterThan(last)));
    }

    /// The offset of the last block of a topic that nobody writes to at the moment.
    static long lastBlock(String servers, String topic) {
        with(servers, admin -> awaitSettled(admin, topic));
        return TestBroker.lastOffset(servers, topic);
    }

    /// Waits until no transaction is open: its blocks may be seen a little later than its offsets.
    private static void awaitSettled(Admin admin, String topic) throws ExecutionException, InterruptedException {
        var partitions = partitionsOf(admin, topic);
        await("no open transaction in " + topic)
                .untilAsserted(() -> assertThat(ends(admin, partitions, IsolationLevel.READ_COMMITTED))
                        .isEqualTo(ends(admin, partitions, IsolationLevel.READ_UNCOMMITTED)));
    }

    /// Waits until the split has committed what it had sent to the partitions of ids.
    private static void awaitById(String servers, Admin admin, Spec spec, String lineage)
            throws ExecutionException, InterruptedException {
        awaitSettled(admin, ById.topic(spec, lineage));
        var last = new HashMap<TopicPartition, Long>();
        TestBroker.readAll(servers, ById.topic(spec, lineage))
                .forEach(record -> last.put(new TopicPartition(record.topic(), record.partition()), record.offset()));
        await("every event by id split").untilAsserted(() -> {
            var committed = committed(admin, spec.topic(lineage, "split"));
            last.forEach((partition, offset) ->
                    assertThat(committed.getOrDefault(partition, 0L)).isGreaterThan(offset));
        });
    }

    /// Waits until the split has committed all of one partition.
    static void awaitCommitted(String servers, Spec spec, String lineage, int partition) {
        var events = new TopicPartition(spec.events().topic(), partition);
        var group = spec.topic(lineage, "split");
        with(
                servers,
                admin -> await("partition " + partition + " split").untilAsserted(() -> {
                    var end = ends(admin, List.of(events), IsolationLevel.READ_UNCOMMITTED)
                            .get(events);
                    assertThat(committed(admin, group).getOrDefault(events, 0L)).isGreaterThanOrEqualTo(end);
                }));
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
                .pollInterval(Duration.ofMillis(50));
    }

    private static List<TopicPartition> partitionsOf(Admin admin, String topic)
            throws ExecutionException, InterruptedException {
        return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    private static Map<TopicPartition, Long> ends(
            Admin admin, List<TopicPartition> partitions, IsolationLevel isolation)
            throws ExecutionException, InterruptedException {
        var latest = new HashMap<TopicPartition, OffsetSpec>();
        partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        var ends = new HashMap<TopicPartition, Long>();
        admin.listOffsets(latest, new ListOffsetsOptions(isolation))
                .all()
                .get()
                .forEach((partition, found) -> ends.put(partition, found.offset()));
        return ends;
    }

    private static Map<TopicPartition, Long> committed(Admin admin, String group)
            throws ExecutionException, InterruptedException {
        var offsets = new HashMap<TopicPartition, Long>();
        admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get()
                .forEach((partition, offset) -> {
                    if (offset != null) {
                        offsets.put(partition, offset.offset());
                    }
                });
        return offsets;
    }

    private interface Waiting {
        void with(Admin admin) throws ExecutionException, InterruptedException;
    }

    private static void with(String servers, Waiting waiting) {
        try (var admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            waiting.with(admin);
        } catch (ExecutionException | InterruptedException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
