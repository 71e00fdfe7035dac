package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.event.Wire;
import io.millrace.flights.Flights;
import io.millrace.kafka.TestBroker;
import io.millrace.model.ChampionFollower;
import io.millrace.replay.DecisionCheck;
import io.millrace.schema.Command;
import io.millrace.schema.CommandKind;
import io.millrace.schema.Decision;
import io.millrace.schema.DecisionKind;
import io.millrace.schema.Judgement;
import io.millrace.serve.ModelServer;
import io.millrace.serve.ServeConfig;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A lineage with another spec beside the one that serves: it learns from the first event on, is compared, and
/// promoted.
class CandidateIT {
    private static final String SERVERS = TestBroker.bootstrapServers();
    private static final Map<String, Object> CLIENT = Map.of("bootstrap.servers", SERVERS);
    private static final String FRESH = "fresh";
    private static final int SLICE = 500;
    private static final int STEP = 2_000;
    private static final Duration A_WHILE = Duration.ofSeconds(3);
    private static final String NUMBER = "  - { number: distance, scale: standard }\n";
    private static final byte[] ASK =
            "{\"instances\":[{\"date\":16392498,\"origin\":\"LAS\",\"destination\":\"PHL\",\"distance\":2176}]}"
                    .getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path dir;

    private final List<byte[]> flights = Flights.first(150_000);
    private int fed;
    private String yaml;
    private Path timidFile;
    private Spec timid;

    /// One that hardly learns: whatever learns is better.
    @BeforeEach
    void make_a_model() throws IOException {
        var model = TestBroker.unique("candidate");
        yaml = SpecReader.resourceText("flights.yaml")
                        .replace("model: flight-delays", "model: " + model)
                        .replace("topic: flights", "topic: " + model + ".flights")
                        .replace("every: 500ms", "every: 20ms")
                + "gate: { window: 512 }\n";
        timidFile = dir.resolve("timid.yaml");
        timid = spec("timid.yaml", yaml.replace("learning-rate: 0.06", "learning-rate: 0.00001"));
        try (var admin = Admin.create(CLIENT)) {
            Topics.ensureEvents(admin, timid, 1, Map.of());
        }
    }

    private Spec spec(String file, String text) throws IOException {
        return SpecReader.read(Files.writeString(dir.resolve(file), text));
    }

    private void feed(int count) {
        TestBroker.produceAll(flights.subList(fed, fed + count).stream()
                .map(event -> new ProducerRecord<byte[], byte[]>(timid.events().topic(), 0, null, event))
                .toList());
        fed += count;
    }

    private static Command candidate(String lineage, String blocks, Spec spec) {
        return command(CommandKind.CANDIDATE)
                .setLineage(lineage)
                .setBlocks(blocks)
                .setSpec(spec.toJson())
                .build();
    }

    private static Command.Builder command(CommandKind kind) {
        return Command.newBuilder()
                .setId(UUID.randomUUID().toString())
                .setKind(kind)
                .setBy("anna")
                .setWhy("to see");
    }

    /// Asks the gate, and waits for its answer.
    private Decision ask(Command command) {
        GatedRoles.send(timid, command);
        return GatedRoles.await("an answer")
                .until(
                        () -> decisions().stream()
                                .filter(decision -> command.getId().equals(decision.getCommand()))
                                .findFirst()
                                .orElse(null),
                        Objects::nonNull);
    }

    private List<Decision> decisions() {
        return TestBroker.readAll(timid.topic("decisions")).stream()
                .map(record -> Wire.decode(Decision.getDecoder(), record.value()))
                .toList();
    }

    private List<Judgement> judgements() {
        return TestBroker.readAll(timid.topic("judgements")).stream()
                .map(record -> Wire.decode(Judgement.getDecoder(), record.value()))
                .toList();
    }

    private boolean isPromoted() {
        return decisions().stream().anyMatch(decision -> decision.getKind() == DecisionKind.PROMOTE);
    }

    /// Numbers have neither gap nor repeat, and every decision can be computed again from its evidence.
    private Decision assertPromotedByTheGate(String lineage) {
        assertThat(judgements())
                .extracting(Judgement::getNumber)
                .isEqualTo(upTo(judgements().size()));
        var decisions = decisions();
        assertThat(decisions).extracting(Decision::getNumber).isEqualTo(upTo(decisions.size()));
        for (var decision : decisions) {
            assertThat(new DecisionCheck(CLIENT, timid)
                            .check(decision.getNumber())
                            .faults())
                    .isEmpty();
        }
        var promotions = decisions.stream()
                .filter(decision -> decision.getKind() == DecisionKind.PROMOTE)
                .toList();
        assertThat(promotions).hasSize(1);
        assertThat(promotions.getFirst().getBy()).isEqualTo("gate");
        assertThat(promotions.getFirst().getLineage()).isEqualTo(lineage);
        return promotions.getFirst();
    }

    private static List<Long> upTo(int last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    /// Split and train of main, the gate, and what a candidate needs, each a process of its own.
    private final class Processes implements AutoCloseable {
        private final Path candidate;
        private final String blocks;
        private final Random random;
        private final Map<String, RoleProcess> running = new HashMap<>();

        /// @param candidate its spec
        /// @param blocks the lineage whose blocks it learns
        Processes(Path candidate, String blocks) {
            this.candidate = candidate;
            this.blocks = blocks;
            var seed = Long.getLong("millrace.seed", new Random().nextLong());
            System.out.println("seed of the candidate's kills: " + seed);
            random = new Random(seed);
        }

        /// @param name a role of main, or one of the candidate: `fresh-split`, `fresh-train`
        void start(String name) throws IOException {
            var plan = name.startsWith(FRESH)
                    ? new RoleProcess.Plan(
                                    name.substring(FRESH.length() + 1),
                                    candidate,
                                    FRESH,
                                    SERVERS,
                                    dir.resolve(name),
                                    1,
                                    0)
                            .withBlocks(blocks)
                    : new RoleProcess.Plan(name, timidFile, "main", SERVERS, dir.resolve(name), 1, 0);
            running.put(name, new RoleProcess(plan));
        }

        void kill(String name) throws IOException, InterruptedException {
            var victim = running.get(name);
            var moments = Probe.Moment.values();
            if (random.nextInt(3) == 0) {
                victim.armRecords(1);
            } else {
                victim.armCommit(moments[random.nextInt(moments.length)], name.endsWith("split") ? 200 : 1);
            }
            var mark = feedUntilMark(victim);
            victim.kill();
            start(name);
            System.out.println("killed " + name + " at " + mark);
        }

        private String feedUntilMark(RoleProcess victim) throws InterruptedException {
            for (var slices = 0; slices < 20; slices++) {
                feed(SLICE);
                var mark = victim.mark(A_WHILE);
                if (mark != null) {
                    return mark;
                }
            }
            return victim.awaitMark();
        }

        void stop(String name) throws IOException, InterruptedException {
            running.remove(name).stop();
        }

        @Override
        public void close() {
            running.values().forEach(RoleProcess::close);
        }
    }

    /// Linear is what serves, and a factorization machine learns the same blocks.
    @Test
    void is_promoted_and_takes_over_under_kills() throws Exception {
        var bold = spec("bold.yaml", yaml.replace("learn:\n", "learn:\n  learner: { kind: factorization-machine }\n"));
        assertThat(bold.learn().parameters()).isEqualTo(9);
        try (var admin = Admin.create(CLIENT)) {
            Topics.ensure(admin, timid, "main");
            Topics.ensure(admin, timid, FRESH, Set.of("versions", "kept", "metrics"));
        }
        try (var processes = new Processes(dir.resolve("bold.yaml"), "main");
                var serving = new ChampionFollower(CLIENT, timid, "main", _ -> {});
                var server = new ModelServer(
                        ServeConfig.defaults().withPort(0),
                        serving::current,
                        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))) {
            for (var role : List.of("split", "train", "gate")) {
                processes.start(role);
            }
            feed(3 * STEP);
            Progress.awaitLearned(SERVERS, timid, "main");
            GatedRoles.await("main serves").until(() -> serving.current() != null);
            try (var load = new Load(server.port())) {
                assertThat(ask(candidate(FRESH, "main", bold)).getKind()).isEqualTo(DecisionKind.CANDIDATE);
                processes.start("fresh-train");
                for (var victim : List.of("fresh-train", "gate", "split", "train", "fresh-train", "gate")) {
                    processes.kill(victim);
                }
                while (!isPromoted()) {
                    feed(STEP);
                    Progress.awaitLearned(SERVERS, timid, FRESH, "main");
                }
                assertThat(ask(command(CommandKind.STOP).setLineage("main").build())
                                .getKind())
                        .isEqualTo(DecisionKind.STOP);
                processes.stop("train");
                processes.kill("fresh-train");
                feed(STEP);
                Progress.awaitLearned(SERVERS, timid, FRESH, "main");
                GatedRoles.await("fresh serves")
                        .untilAsserted(() -> assertThat(Objects.requireNonNull(serving.current())
                                        .manifest()
                                        .getLineage())
                                .isEqualTo(FRESH));

                assertThat(load.failures()).isEmpty();
                assertThat(load.answers()).isPositive();
            }
            processes.stop("fresh-train");
        }
        assertPromotedByTheGate(FRESH);
        assertLearnedOnce(bold, "main");
    }

    /// Every example that its log holds, by the candidate.
    private void assertLearnedOnce(Spec spec, String blocks) {
        var log = new LogReplay(spec, TestBroker.readAll(timid.topic(blocks, "train")));
        var live = LiveState.of(SERVERS, spec, FRESH);
        assertThat(log.ids).doesNotHaveDuplicates();
        assertThat(live.header().getTrainer()).isEqualTo(log.state());
        assertThat(live.header().getLogOffset()).isEqualTo(log.end);
        assertThat(live.digestOfCells()).isEqualTo(log.digest());
    }

    /// Both splits look for duplicates across the topic, so that neither reads the events where they came.
    @Test
    void with_other_features_is_compared_example_by_example_under_kills() throws Exception {
        yaml = yaml.replace("  test: 0.1\n", "  test: 0.1\n  dedupe: { within: 7d, across: topic }\n");
        timid = spec("timid.yaml", yaml.replace("learning-rate: 0.06", "learning-rate: 0.00001"));
        var wider = spec("wider.yaml", yaml.replace(NUMBER, NUMBER + "  - { day-of-week: date }\n"));
        var salted = spec("salted.yaml", yaml.replace("salt: flights-2001", "salt: x"));
        try (var admin = Admin.create(CLIENT)) {
            Topics.ensure(admin, timid, "main");
            Topics.ensure(admin, wider, FRESH);
        }
        try (var processes = new Processes(dir.resolve("wider.yaml"), FRESH)) {
            for (var role : List.of("split", "train", "gate")) {
                processes.start(role);
            }
            feed(2 * STEP);
            Progress.awaitLearned(SERVERS, timid, "main");
            assertThat(ask(candidate(FRESH, FRESH, salted)).getWhy())
                    .isEqualTo("not comparable: split.salt = x: expected flights-2001, as main has it");
            assertThat(ask(candidate(FRESH, "main", wider)).getWhy())
                    .isEqualTo("not comparable: features[6] = {day-of-week: date}: expected nothing, as main has it");
            assertThat(ask(candidate(FRESH, FRESH, wider)).getBlocks()).isEqualTo(FRESH);
            processes.start("fresh-split");
            processes.start("fresh-train");
            for (var victim : List.of("fresh-split", "gate", "fresh-train", "fresh-split")) {
                processes.kill(victim);
            }
            while (!isPromoted()) {
                feed(STEP);
                Progress.awaitLearned(SERVERS, timid, "main");
                Progress.awaitLearned(SERVERS, wider, FRESH);
            }
            // and is the breaker's from here on
            processes.kill("gate");
            feed(2 * STEP);
            Progress.awaitLearned(SERVERS, wider, FRESH);
            processes.stop("fresh-train");
        }
        var promotion = assertPromotedByTheGate(FRESH);
        assertThat(judgements()).anyMatch(judgement -> judgement.getIds() != null);
        assertThat(promotion.getEvidence().getTopic()).isEqualTo(timid.topic(FRESH, "validation"));
        var again = new DecisionCheck(CLIENT, timid).check(promotion.getNumber());
        assertThat(again.predicted()).isPositive();
        assertThat(again.examples()).isGreaterThanOrEqualTo(512);
        assertLearnedOnce(wider, FRESH);
    }

    @Test
    void with_more_number_features_is_judged_once_an_operator_has_promoted_it() throws Exception {
        var numbers = spec("numbers.yaml", yaml.replace(NUMBER, NUMBER + "  - { number: date, scale: standard }\n"));
        try (var roles = new GatedRoles(timid, dir);
                var _ = new LiveRoles(SERVERS, numbers, "numbers", dir)) {
            roles.learn(next(STEP));
            Progress.awaitLearned(SERVERS, numbers, "numbers");

            ask(command(CommandKind.PROMOTE).setLineage("numbers").build());
            roles.learn(next(STEP));

            GatedRoles.await("a judgement of numbers")
                    .untilAsserted(() -> assertThat(judgements())
                            .anyMatch(judgement -> judgement
                                    .getPredictions()
                                    .getFirst()
                                    .getLineage()
                                    .equals("numbers")));
            assertThat(roles.gate.failure()).isNotDone();
        }
    }

    private List<byte[]> next(int count) {
        fed += count;
        return flights.subList(fed - count, fed);
    }

    /// A client that asks on one connection, one request on the heels of the other.
    private static final class Load implements AutoCloseable {
        private final AtomicBoolean over = new AtomicBoolean();
        private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
        private final AtomicLong answers = new AtomicLong();
        private final Thread thread;

        Load(int port) {
            thread = Thread.ofPlatform().start(() -> ask(port));
        }

        private void ask(int port) {
            try (var connection = new KeptConnection(port)) {
                while (!over.get()) {
                    var response = connection.post("/invocations", "application/json", ASK);
                    if (response.status() == 200) {
                        answers.incrementAndGet();
                    } else {
                        failures.add(response.status() + " " + response.body());
                    }
                }
            } catch (IOException e) {
                failures.add(e.toString());
            }
        }

        List<String> failures() {
            return List.copyOf(failures);
        }

        long answers() {
            return answers.get();
        }

        @Override
        public void close() {
            over.set(true);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
