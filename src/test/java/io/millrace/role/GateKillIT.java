package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.event.Wire;
import io.millrace.flights.Flights;
import io.millrace.kafka.TestBroker;
import io.millrace.replay.DecisionCheck;
import io.millrace.schema.Block;
import io.millrace.schema.Decision;
import io.millrace.schema.GateState;
import io.millrace.schema.Judgement;
import io.millrace.schema.TrainRecord;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The gate as a process of its own, SIGKILLed at random marks of its work, beside one that stands by: every validation
/// block is judged once, and the history of decisions has neither gap nor repeat.
class GateKillIT {
    private static final int KILLS = 8;
    private static final int CHUNK = 6_000;
    private static final int SLICE = 500;
    private static final Duration A_WHILE = Duration.ofSeconds(3);
    private static final String SERVERS = TestBroker.bootstrapServers();

    @TempDir
    Path dir;

    private Spec spec;
    private Path file;

    private void model() throws IOException {
        var model = TestBroker.unique("gate-kill");
        file = Files.writeString(
                dir.resolve("spec.yaml"),
                SpecReader.resourceText("flights.yaml")
                                .replace("model: flight-delays", "model: " + model)
                                .replace("topic: flights", "topic: " + model + ".flights")
                                .replace("every: 500ms", "every: 20ms")
                        + "gate: { window: 512, anchor: 1h }\n");
        spec = SpecReader.read(file);
        try (var admin = Admin.create(Map.of("bootstrap.servers", SERVERS))) {
            Topics.ensureEvents(admin, spec, 1, Map.of());
        }
    }

    private RoleProcess gate(String instance) throws IOException {
        return new RoleProcess(new RoleProcess.Plan("gate", file, "main", SERVERS, dir.resolve(instance), 1, 0));
    }

    @Test
    void judges_every_block_once_and_decides_without_gap_or_repeat() throws Exception {
        model();
        var seed = Long.getLong("millrace.seed", new Random().nextLong());
        System.out.println("seed of the gate's kills: " + seed);
        var random = new Random(seed);
        var moments = Probe.Moment.values();
        var flights = Flights.first(CHUNK * (KILLS + 1));
        var lost = 0;
        var gates = new ArrayList<RoleProcess>();
        try (var _ = new LiveRoles(SERVERS, spec, "main", dir)) {
            gates.add(gate("a"));
            for (var round = 0; round < KILLS; round++) {
                var from = CHUNK * round;
                learn(flights.subList(from, from + CHUNK / 2));
                var victim = gates.getLast();
                if (round % 3 == 0) {
                    victim.armRecords(1);
                } else {
                    victim.armCommit(moments[random.nextInt(moments.length)], 1);
                }
                var rest = flights.subList(from + CHUNK / 2, from + CHUNK);
                System.out.println("killed at " + feedUntilMark(rest, victim));
                victim.kill();
                // every fourth time a process of another name takes over, as one that stood by
                gates.add(gate(round % 4 == 3 ? "b" : "a"));
            }
            learn(flights.subList(CHUNK * KILLS, flights.size()));
        } finally {
            gates.forEach(RoleProcess::close);
        }
        for (var round = 0; round < KILLS; round++) {
            var before = gates.get(round).last.get(0);
            var after = gates.get(round + 1).first.get(0);
            lost += before != null && after != null && after <= before ? 1 : 0;
        }
        assertThat(lost).as("kills that threw away judged blocks").isGreaterThanOrEqualTo(KILLS / 4);

        assertThat(judgements())
                .extracting(Judgement::getNumber)
                .isEqualTo(upTo(judgements().size()));
        assertEveryBlockIsJudgedOnce();
        var decisions = decisions();
        assertThat(decisions).hasSizeGreaterThan(2);
        assertThat(decisions).extracting(Decision::getNumber).isEqualTo(upTo(decisions.size()));
        var check = new DecisionCheck(Map.of("bootstrap.servers", SERVERS), spec);
        for (var decision : decisions) {
            assertThat(check.check(decision.getNumber()).faults()).isEmpty();
        }
    }

    /// Two at once: the second stands by, whatever comes, until the first leaves.
    @Test
    void one_is_active_and_the_other_goes_on_where_it_stood() throws Exception {
        model();
        var flights = Flights.first(3 * CHUNK);
        try (var _ = new LiveRoles(SERVERS, spec, "main", dir);
                var second = new GateRole(spec, settings("second"))) {
            try (var first = new GateRole(spec, settings("first"))) {
                first.start();
                learn(flights.subList(0, CHUNK));
                assertThat(first.isActive()).isTrue();
                second.start();
                learn(flights.subList(CHUNK, 2 * CHUNK));

                assertThat(first.isActive()).isTrue();
                assertThat(second.isActive()).isFalse();
                assertThat(second.progress().snapshot().judgements()).isZero();
            }
            GatedRoles.await("the second is active").until(second::isActive);
            learn(flights.subList(2 * CHUNK, 3 * CHUNK));

            assertThat(second.progress().snapshot().judgements()).isPositive();
        }
        assertThat(judgements())
                .extracting(Judgement::getNumber)
                .isEqualTo(upTo(judgements().size()));
        assertEveryBlockIsJudgedOnce();
    }

    private RoleSettings settings(String instance) {
        return RoleSettings.of(
                Map.of("bootstrap.servers", SERVERS), "main", dir.resolve(instance), new SimpleMeterRegistry());
    }

    /// Each block has one judgement, but for those that no version may predict; the gate has counted their examples.
    private void assertEveryBlockIsJudgedOnce() {
        var judged = judgements().stream().map(Judgement::getOffset).toList();
        var examples = new TreeMap<Long, Integer>();
        for (var record : TestBroker.readAll(spec.topic("main", "validation"))) {
            if (Wire.decode(TrainRecord.getDecoder(), record.value()).getBody() instanceof Block block) {
                examples.put(record.offset(), block.getCount());
            }
        }
        assertThat(judged).isSorted().doesNotHaveDuplicates().isSubsetOf(examples.keySet());
        examples.keySet().removeAll(judged);
        var states = TestBroker.readAll(spec.topic("gate"));
        assertThat(Wire.decode(GateState.getDecoder(), states.getLast().value())
                        .getLineages()
                        .getFirst()
                        .getUnscored())
                .isEqualTo(
                        examples.values().stream().mapToLong(Integer::longValue).sum());
    }

    private static List<Long> upTo(int last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    private void produce(List<byte[]> events) {
        TestBroker.produceAll(events.stream()
                .map(event -> new ProducerRecord<byte[], byte[]>(spec.events().topic(), 0, null, event))
                .toList());
    }

    /// Produces all in the end, but slice by slice until the mark comes: how many blocks a slice becomes is up to the
    /// split's commits.
    private String feedUntilMark(List<byte[]> events, RoleProcess victim) throws InterruptedException {
        for (var from = 0; from < events.size(); from += SLICE) {
            produce(events.subList(from, Math.min(events.size(), from + SLICE)));
            var mark = victim.mark(A_WHILE);
            if (mark != null) {
                produce(events.subList(Math.min(events.size(), from + SLICE), events.size()));
                return mark;
            }
        }
        return victim.awaitMark();
    }

    /// Produces, and waits until all is learned and the gate has committed all blocks.
    private void learn(List<byte[]> events) {
        produce(events);
        Progress.awaitLearned(SERVERS, spec, "main");
        var last = blocks().getLast();
        GatedRoles.await("every block judged")
                .untilAsserted(() -> assertThat(committed()).isGreaterThan(last));
    }

    /// The next block, as the gate's last state says.
    private long committed() {
        var states = TestBroker.readAll(spec.topic("gate"));
        return states.isEmpty()
                ? 0
                : Wire.decode(GateState.getDecoder(), states.getLast().value())
                        .getLineages()
                        .getFirst()
                        .getBlockOffset();
    }

    /// Offsets of the validation blocks.
    private List<Long> blocks() {
        return TestBroker.readAll(spec.topic("main", "validation")).stream()
                .filter(record ->
                        Wire.decode(TrainRecord.getDecoder(), record.value()).getBody() instanceof Block)
                .map(ConsumerRecord::offset)
                .toList();
    }

    private List<Judgement> judgements() {
        return TestBroker.readAll(spec.topic("judgements")).stream()
                .map(record -> Wire.decode(Judgement.getDecoder(), record.value()))
                .toList();
    }

    private List<Decision> decisions() {
        return TestBroker.readAll(spec.topic("decisions")).stream()
                .map(record -> Wire.decode(Decision.getDecoder(), record.value()))
                .toList();
    }
}
