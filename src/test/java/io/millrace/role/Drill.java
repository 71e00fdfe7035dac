package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.TestBroker;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/// Split and train as processes of their own, SIGKILLed again and again while events go through.
///
/// Each round arms one of them with a random mark, feeds some more events, waits for the mark, kills the process and
/// starts it
/// anew. So kills come by progress, never by time.
final class Drill implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    final Spec spec;
    private final Path specFile;
    private final Path dir;
    private final int partitions;
    private final Random random;
    private final Map<String, RoleProcess> running = new HashMap<>();
    private final List<Kill> kills = new ArrayList<>();
    private final String servers = TestBroker.bootstrapServers();
    private long produced;

    /// One kill: which role, where, and how many records were processed and thrown away.
    record Kill(String role, String mark, RoleProcess victim, RoleProcess successor) {
        /// Positions of the split are offsets of the last record, those of the trainer counts of examples.
        long lost() {
            var next = role.equals("split") ? 1 : 0;
            return victim.last.entrySet().stream()
                    .mapToLong(last -> last.getValue()
                            + next
                            - successor.first.getOrDefault(last.getKey(), last.getValue() + next))
                    .sum();
        }
    }

    Drill(String yaml, int partitions, Path dir, long seed) throws IOException {
        this.dir = dir;
        this.partitions = partitions;
        random = new Random(seed);
        specFile = Files.writeString(dir.resolve("spec.yaml"), yaml);
        spec = SpecReader.read(specFile);
        try (var admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            Topics.ensureEvents(admin, spec, partitions, Map.of());
            Topics.ensure(admin, spec, "main");
        }
    }

    /// Kills `times` times while `events` go through, then waits until all of them are learned.
    void run(List<byte[]> events, int times) throws IOException, InterruptedException {
        running.put("split", start("split"));
        running.put("train", start("train"));
        var chunk = events.size() / (times + 1);
        for (var round = 0; round < times; round++) {
            var role = round % 2 == 0 ? "split" : "train";
            var victim = running.get(role);
            arm(role, victim, round);
            produce(events.subList(round * chunk, (round + 1) * chunk));
            var mark = victim.awaitMark();
            victim.kill();
            var successor = start(role);
            running.put(role, successor);
            kills.add(new Kill(role, mark, victim, successor));
        }
        produce(events.subList(times * chunk, events.size()));
        awaitLearned(spec, "main");
        for (var kill : kills) {
            System.out.printf("killed %s at %s: %d processed and thrown away%n", kill.role(), kill.mark(), kill.lost());
        }
    }

    private void arm(String role, RoleProcess victim, int round) throws IOException {
        var moments = Probe.Moment.values();
        switch (round / 2 % 3) {
            case 0 -> victim.armRecords(1 + random.nextInt(role.equals("split") ? 2_000 : 3));
            default -> victim.armCommit(moments[random.nextInt(moments.length)]);
        }
    }

    RoleProcess start(String role) throws IOException {
        return new RoleProcess(
                new RoleProcess.Plan(role, specFile, "main", servers, dir.resolve(role), partitions > 1 ? 2 : 1, 0));
    }

    void produce(List<byte[]> events) {
        var records = new ArrayList<ProducerRecord<byte[], byte[]>>(events.size());
        for (var event : events) {
            records.add(new ProducerRecord<>(spec.events().topic(), (int) (produced++ % partitions), null, event));
        }
        TestBroker.produceAll(servers, records);
    }

    /// Waits until the split has committed every event and the trainer every block.
    static void awaitLearned(Spec spec, String lineage) {
        await("every event split").untilAsserted(() -> {
            for (var info : partitionsOf(spec.events().topic())) {
                assertThat(committed(spec.topic(lineage, "split")).getOrDefault(info, 0L))
                        .isGreaterThanOrEqualTo(end(info));
            }
        });
        var log = new TopicPartition(spec.topic(lineage, "train"), 0);
        var records = TestBroker.readAll(log.topic());
        var last = records.getLast().offset();
        await("every block learned")
                .untilAsserted(
                        () -> assertThat(committed(spec.topic(lineage, "train")).getOrDefault(log, 0L))
                                .isGreaterThan(last));
    }

    private static org.awaitility.core.ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(200));
    }

    private static List<TopicPartition> partitionsOf(String topic) {
        return ask(admin -> admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList());
    }

    private static long end(TopicPartition partition) {
        return ask(admin -> admin.listOffsets(Map.of(partition, org.apache.kafka.clients.admin.OffsetSpec.latest()))
                .partitionResult(partition)
                .get()
                .offset());
    }

    private static Map<TopicPartition, Long> committed(String group) {
        var offsets = new HashMap<TopicPartition, Long>();
        ask(admin -> admin.listConsumerGroupOffsets(group)
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

    private static <T> T ask(Question<T> question) {
        try (var admin = Admin.create(Map.of("bootstrap.servers", TestBroker.bootstrapServers()))) {
            return question.ask(admin);
        } catch (ExecutionException | InterruptedException failure) {
            throw new IllegalStateException(failure);
        }
    }

    List<Kill> kills() {
        return kills;
    }

    LogReplay log() {
        return new LogReplay(spec, TestBroker.readAll(spec.topic("main", "train")));
    }

    @Override
    public void close() {
        running.values().forEach(RoleProcess::close);
    }
}
