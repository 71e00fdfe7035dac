package io.millrace.role;

import io.millrace.kafka.TestBroker;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;

/// Split and train as processes of their own, SIGKILLed again and again while events go through.
///
/// Each round arms one of them with a random mark, feeds some more events, waits for the mark, kills the process and
/// starts it
/// anew. So kills come by progress, never by time.
final class Drill implements AutoCloseable {
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
        Progress.awaitLearned(servers, spec, "main");
        for (var kill : kills) {
            System.out.printf("killed %s at %s: %d processed and thrown away%n", kill.role(), kill.mark(), kill.lost());
        }
    }

    private void arm(String role, RoleProcess victim, int round) throws IOException {
        var moments = Probe.Moment.values();
        switch (round / 2 % 3) {
            case 0 -> victim.armRecords(1 + random.nextInt(role.equals("split") ? 2_000 : 3));
            default -> victim.armCommit(moments[random.nextInt(moments.length)], role.equals("split") ? 200 : 1);
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
