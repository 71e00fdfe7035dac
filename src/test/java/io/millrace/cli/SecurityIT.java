package io.millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.flights.Flights;
import io.millrace.kafka.RecordingAuthorizer;
import io.millrace.kafka.SecureBroker;
import io.millrace.kafka.TestBroker;
import io.millrace.model.Committed;
import io.millrace.role.Rights;
import io.millrace.role.Rights.Party;
import io.millrace.role.RoleSettings;
import io.millrace.role.Topics;
import io.millrace.serve.ServeConfig;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import io.millrace.split.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/// On a broker that speaks SASL over TLS only and has exactly the rights that `topics acls` prints: everything works,
/// every right is used, and nobody can do what is not theirs. Every party is a user of its own, with client properties
/// in a file.
@Tag("embedded")
class SecurityIT {
    private static final int FLIGHTS = 30_000;
    private static final String ASK =
            "{\"instances\":[{\"date\":16392498,\"origin\":\"LAS\",\"destination\":\"PHL\",\"distance\":2176}]}";
    private static final Pattern WITH_EVIDENCE =
            Pattern.compile("(?m)^ *(\\d+)  \\S+ +anchor .*\\R +by gate: (?:the anchor before it|no worse than)");

    @TempDir
    static Path dir;

    private static SecureBroker broker;
    private static final Eavesdropper LOGS = new Eavesdropper();

    /// Clients tell their configuration at INFO, and how they come to an understanding at DEBUG.
    private static final Map<String, Level> HEARD = Map.of(
            "io.millrace", Level.DEBUG,
            "org.apache.kafka.clients", Level.INFO,
            "org.apache.kafka.streams", Level.INFO,
            "org.apache.kafka.common.network", Level.DEBUG,
            "org.apache.kafka.common.security", Level.DEBUG,
            "org.apache.kafka.common.config", Level.DEBUG);

    private static Path file;
    private static Spec spec;

    @BeforeAll
    static void make_a_broker_with_these_rights() throws Exception {
        LOGS.start();
        HEARD.forEach((name, level) -> {
            logger(name).setLevel(level);
            logger(name).setAdditive(false);
            logger(name).addAppender(LOGS);
        });
        var model = TestBroker.unique("guarded");
        file = Files.writeString(
                dir.resolve("spec.yaml"),
                SpecReader.resourceText("flights.yaml")
                                .replace("model: flight-delays", "model: " + model)
                                .replace("topic: flights", "topic: flights-of-" + model)
                                .replace("every: 500ms", "every: 10ms, keyframe: 2, keep: 1")
                                .replace("  test: 0.1\n", "  test: 0.1\n  dedupe: { within: 7d, across: topic }\n")
                        + "gate: { window: 512, anchor: 1h }\n");
        spec = SpecReader.read(file);
        broker = new SecureBroker(
                Files.createDirectory(dir.resolve("broker")),
                Arrays.stream(Party.values()).map(SecurityIT::user).toList());
        var printed = Called.millrace("topics", "acls", "--spec", file.toString());
        assertThat(printed.exitCode()).isZero();
        var bindings = new HashSet<AclBinding>();
        printed.out()
                .lines()
                .filter(line -> !line.startsWith("#") && !line.isEmpty())
                .forEach(line -> add(line, bindings));
        try (var admin = Admin.create(client(SecureBroker.ADMIN))) {
            admin.createAcls(bindings).all().get();
        }
        assertThat(as(Party.TOPICS, "topics", "create").err()).isEmpty();
    }

    @AfterAll
    static void stop() {
        broker.close();
        HEARD.keySet().forEach(name -> {
            logger(name).setLevel(null);
            logger(name).setAdditive(true);
            logger(name).detachAppender(LOGS);
        });
        assertThat(LOGS.heard).as("log events that hold a secret").isEmpty();
        assertThat(LOGS.events).hasPositiveValue();
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }

    /// Hears log events of this JVM, and keeps those that hold a secret.
    private static final class Eavesdropper extends AppenderBase<ILoggingEvent> {
        private final List<String> heard = new CopyOnWriteArrayList<>();
        private final AtomicInteger events = new AtomicInteger();

        @Override
        protected void append(ILoggingEvent event) {
            events.incrementAndGet();
            var text = event.getFormattedMessage() + event.getKeyValuePairs();
            for (var thrown = event.getThrowableProxy(); thrown != null; thrown = thrown.getCause()) {
                text += thrown.getMessage();
            }
            if (holdsSecret(text)) {
                heard.add(text);
            }
        }
    }

    private static boolean holdsSecret(String text) {
        return SecureBroker.isTold(text);
    }

    private static String user(Party party) {
        return spec.model() + "-" + party;
    }

    /// A line as `kafka-acls.sh` would understand it.
    private static void add(String line, Set<AclBinding> bindings) {
        var words = List.of(line.split(" "));
        assertThat(words.getFirst()).isEqualTo("kafka-acls.sh");
        var principal = after(words, "--allow-principal");
        var pattern = words.contains("--resource-pattern-type") ? PatternType.PREFIXED : PatternType.LITERAL;
        var type = words.contains("--topic")
                ? ResourceType.TOPIC
                : words.contains("--group") ? ResourceType.GROUP : ResourceType.TRANSACTIONAL_ID;
        var name = after(
                words, "--" + type.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
        for (var i = 0; i < words.size(); i++) {
            if (words.get(i).equals("--operation")) {
                bindings.add(new AclBinding(
                        new ResourcePattern(type, name, pattern),
                        new AccessControlEntry(
                                principal, "*", AclOperation.fromString(words.get(i + 1)), AclPermissionType.ALLOW)));
            }
        }
    }

    private static String after(List<String> words, String option) {
        return words.get(words.indexOf(option) + 1);
    }

    /// As a command takes them from a file.
    private static Map<String, Object> client(String user) {
        var options = new ClientOptions();
        new picocli.CommandLine(picocli.CommandLine.Model.CommandSpec.create()
                        .addMixin("client", picocli.CommandLine.Model.CommandSpec.forAnnotatedObject(options)))
                .parseArgs("--client-properties", broker.client(user).toString());
        return options.properties();
    }

    private static Map<String, Object> client(Party party) {
        return client(user(party));
    }

    private static Called as(Party party, String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--spec", file.toString()));
        all.addAll(List.of("--client-properties", broker.client(user(party)).toString()));
        var called = Called.millrace(all.toArray(String[]::new));
        assertThat(holdsSecret(called.out() + called.err()))
                .as(called.toString())
                .isFalse();
        return called;
    }

    private static String done(Party party, String... words) {
        var called = as(party, words);
        assertThat(called.err()).doesNotContain("--stacktrace");
        assertThat(called.exitCode()).as(called.err()).isZero();
        return called.out();
    }

    private static ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(200));
    }

    @Test
    void everything_works_and_every_right_is_used() throws Exception {
        String served;
        try (var roles = new AllRoles()) {
            // what is split before there is a version can't be judged, so they come little by little
            done(Party.PRODUCER, "produce", "--max", Integer.toString(FLIGHTS), "--rate", "3000");
            send(Party.PRODUCER, spec.events().topic());
            await("all is learned and serves")
                    .untilAsserted(() -> assertThat(roles.examples()).isEqualTo(trained(FLIGHTS)));
            await("a decision with evidence")
                    .untilAsserted(() -> assertThat(done(Party.AUDITOR, "models", "decisions"))
                            .containsPattern(WITH_EVIDENCE));

            served = roles.served();
            assertThat(Asked.at(roles.port(), ASK).body()).contains("\"model\":\"" + served + "\"");
            assertThat(done(Party.OPERATOR, "models", "list")).contains(served);
            assertThat(done(Party.OPERATOR, "models", "pin", served, "--why", "it is good"))
                    .contains(served + " serves, pinned");
            // the gate has no right to look them up, and goes on
            assertThat(as(Party.OPERATOR, "models", "promote", "nobody", "--why", "a slip")
                            .err())
                    .startsWith("the gate refused: the gate has no right to " + spec.topic("nobody", "versions")
                            + ": expected a lineage that is there");
        }
        try (var roles = new AllRoles()) {
            await("the pinned version serves again")
                    .untilAsserted(() -> assertThat(roles.served()).isEqualTo(served));
            assertThat(Asked.at(roles.port(), ASK).statusCode()).isEqualTo(200);
            // those sent before are duplicates; the versions of the others push the pinned one out
            done(Party.PRODUCER, "produce", "--max", Integer.toString(2 * FLIGHTS));
            await("the rest is learned")
                    .untilAsserted(() -> assertThat(roles.trained()).isEqualTo(trained(2 * FLIGHTS)));
            assertThat(done(Party.EVALUATOR, "evaluate", served, "--split", "validation"))
                    .contains("log-loss");
            assertThat(done(Party.EVALUATOR, "evaluate", served, "--split", "test"))
                    .contains("log-loss");
            assertThat(done(Party.OPERATOR, "models", "resume", "--why", "the newest is too"))
                    .contains("main, the newest version");
        }

        var evidence = WITH_EVIDENCE.matcher(done(Party.AUDITOR, "models", "decisions"));
        assertThat(evidence.find()).isTrue();
        assertThat(done(Party.AUDITOR, "models", "verify", evidence.group(1))).contains("agrees");
        assertThat(as(Party.OPERATOR, "candidate", "delete", "main").err()).startsWith("main serves");
        assertThat(done(Party.REPLAYER, "replay")).contains("log-loss");
        assertThat(done(Party.REPLAYER, "replay", "--read", "events")).contains("log-loss");
        assertThat(done(Party.CONSUMER, "consume", "--max", "3").lines()).hasSize(3);
        assertThat(done(Party.CARETAKER, "consume", "--dead-letters").lines()).hasSize(1);
        assertThat(done(Party.TOPICS, "topics", "describe")).contains(spec.topic("main", "versions"));

        // what was split goes when there is enough of it
        assertThat(unused()).isSubsetOf("split DELETE TOPIC " + spec.topic("main", "by-id"));
    }

    /// What a trainer learns of the flights.
    private static long trained(int flights) throws IOException {
        var count = new long[1];
        var splitter = spec.splitter("main", spec.events().topic(), 0, (split, block) -> {
            if (split == Split.TRAIN) {
                count[0] += block.getCount();
            }
        });
        var offset = 0;
        for (var flight : Flights.first(flights)) {
            splitter.accept(flight, 0, flight.length, offset++, 0);
        }
        splitter.flush();
        return count[0];
    }

    private static List<String> unused() {
        var rights = new Rights(spec, "main", "main");
        var allowed = RecordingAuthorizer.allowed();
        var unused = new ArrayList<String>();
        for (var party : Party.values()) {
            assertThat(rights.of(party)).isNotEmpty();
            for (var right : rights.of(party)) {
                for (var operation : right.operations()) {
                    if (allowed.stream().noneMatch(use -> uses(use, party, right, operation))) {
                        unused.add(party + " " + operation + " " + right.type() + " " + right.name());
                    }
                }
            }
        }
        return unused;
    }

    private static boolean uses(RecordingAuthorizer.Use use, Party party, Rights.Right right, AclOperation operation) {
        return use.principal().equals("User:" + user(party))
                && use.operation() == operation
                && use.type() == right.type()
                && (right.pattern() == PatternType.PREFIXED
                        ? use.name().startsWith(right.name())
                        : use.name().equals(right.name()));
    }

    /// Every role as a process of its own would start it.
    private static final class AllRoles implements AutoCloseable {
        private final Map<Party, Roles> running = new EnumMap<>(Party.class);

        AllRoles() {
            for (var name : List.of(RoleName.SERVE, RoleName.SPLIT, RoleName.TRAIN, RoleName.GATE, RoleName.SCORE)) {
                var party = Party.valueOf(name.name());
                var client = client(party);
                try (var admin = Admin.create(client)) {
                    assertThat(Topics.ensure(admin, spec, "main", RoleName.topics(Set.of(name))))
                            .isEmpty();
                }
                new LineageWatch(client, spec, "main", Set.of(name)).close();
                var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
                var settings = RoleSettings.of(client, "main", dir.resolve("state-" + party), registry);
                var serve = ServeConfig.defaults().withPort(0);
                running.put(party, Roles.start(Set.of(name), spec, settings, serve, registry));
            }
        }

        private Roles serving() {
            return Objects.requireNonNull(running.get(Party.SERVE));
        }

        int port() {
            return serving().httpPort();
        }

        String served() {
            var served = serving().served();
            return served == null ? "" : served.name();
        }

        long examples() {
            var served = serving().served();
            return served == null ? 0 : served.manifest().getExamples();
        }

        long trained() {
            var trained = Objects.requireNonNull(running.get(Party.TRAIN)).trained();
            return trained == null ? 0 : trained.examples();
        }

        @Override
        public void close() {
            running.values().forEach(roles -> {
                assertThat(roles.failure()).isNotDone();
                roles.close();
            });
        }
    }

    private static void send(Party party, String topic) throws ExecutionException, InterruptedException {
        var properties = new HashMap<>(client(party));
        // else who may write nowhere is refused before it has named a topic
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, 0, null, "no record of this topic".getBytes(UTF_8)))
                    .get();
        }
    }

    private static void assertCanNotWrite(Party party, String word) {
        var topic = Topics.of(spec, "main").stream()
                .map(Topics.Topic::name)
                .filter(name -> name.endsWith("." + word))
                .findFirst()
                .orElseThrow();
        assertThatThrownBy(() -> send(party, topic))
                .as("%s to %s", party, topic)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(TopicAuthorizationException.class);
    }

    private static void assertCanNotRead(Party party, String word) {
        var partition = new TopicPartition(spec.topic("main", word), 0);
        try (var consumer = Committed.consumer(client(party), "earliest")) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 0);

            assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(30)))
                    .as("%s of %s", party, partition)
                    .isInstanceOf(TopicAuthorizationException.class);
        }
    }

    @Test
    void the_trainer_can_read_neither_validation_nor_test() {
        assertCanNotRead(Party.TRAIN, "validation");
        assertCanNotRead(Party.TRAIN, "test");
    }

    @Test
    void nobody_but_the_evaluator_and_the_split_can_read_the_test_split() {
        for (var party : Party.values()) {
            if (party != Party.SPLIT && party != Party.EVALUATOR) {
                assertCanNotRead(party, "test");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Party.class, mode = EnumSource.Mode.EXCLUDE, names = "GATE")
    void nobody_but_the_gate_can_write_the_champion(Party party) {
        assertCanNotWrite(party, "champion");
    }

    @Test
    void the_gate_can_write_neither_blocks_nor_versions() {
        for (var word : List.of("train", "validation", "test", "versions")) {
            assertCanNotWrite(Party.GATE, word);
        }
    }

    /// What a user gets wrong with a secret, told without it.
    @Nested
    class No_secret_is_told_where {
        private final Party party = Party.TOPICS;
        private final String good = broker.client(user(party)).toString();

        @AfterEach
        void mend() throws IOException {
            broker.writeClient(user(party), user(party) + ".password");
        }

        private void change(String from, String to) throws IOException {
            var properties = broker.client(user(party));
            var text = Files.readString(properties);
            assertThat(text).contains(from);
            Files.writeString(properties, text.replace(from, to));
        }

        private Called describe(int exitCode) {
            var told = as(party, "topics", "describe", "--stacktrace");
            assertThat(told.exitCode()).as(told.err()).isEqualTo(exitCode);
            var called = as(party, "topics", "describe");
            assertThat(called.exitCode()).as(called.err()).isEqualTo(exitCode);
            return called;
        }

        @Test
        void a_password_is_wrong() throws IOException {
            Files.writeString(dir.resolve("broker").resolve("wrong.password"), "hush-hush");
            broker.writeClient(user(party), "wrong.password");

            assertThat(describe(CommandException.FAILED).err())
                    .isEqualTo("bootstrap.servers = " + broker.bootstrapServers()
                            + " and this client do not accept each other: Authentication failed: Invalid username or"
                            + " password\n  Look at security.protocol, ssl.* and sasl.* of --client-properties.\n");
            assertThatThrownBy(() -> start(RoleName.SPLIT))
                    .satisfies(failed ->
                            assertThat(holdsSecret(Failures.message(failed))).isFalse());
        }

        private void start(RoleName role) {
            var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            var settings = RoleSettings.of(client(party), "main", dir.resolve("refused"), registry);
            Roles.start(Set.of(role), spec, settings, ServeConfig.defaults(), registry)
                    .close();
        }

        @Test
        void the_password_of_the_trusted_certificates_is_wrong() throws IOException {
            change("/store.password", "/" + user(party) + ".password");

            assertThat(describe(CommandException.WRONG).err())
                    .startsWith("no Kafka client can be made of the client properties: ")
                    .contains("trust.p12");
        }

        @Test
        void a_file_is_gone() throws IOException {
            change("/store.password", "/no.password");

            assertThat(describe(CommandException.WRONG).err())
                    .startsWith("ssl.truststore.password = ${file:")
                    .endsWith("no.password} can't be read: expected a file\n  in " + good + "\n");
        }

        @Test
        void a_property_is_unknown() throws IOException {
            change(
                    "security.protocol",
                    "ssl.trustore.password=${file:%s}\nsecurity.protocol"
                            .formatted(dir.resolve("broker").resolve("store.password")));

            describe(0);
        }

        @Test
        void it_stands_in_plain_text() throws IOException {
            change("ssl.truststore.password=", "ssl.truststore.password=hush ");

            assertThat(describe(CommandException.WRONG).err())
                    .isEqualTo("ssl.truststore.password holds a secret in plain text: expected ${file:PATH} or"
                            + " ${env:NAME} in its place\n  in " + good + ", line 7\n");
        }

        @Test
        void a_login_is_malformed() throws IOException {
            change("required", "hush");

            assertThat(describe(CommandException.WRONG).err())
                    .startsWith("sasl.jaas.config is no login configuration: expected one such as\n");
        }

        @Test
        void the_role_sets_it_itself() throws IOException {
            change(
                    "security.protocol",
                    "transactional.id=${file:%s}\nsecurity.protocol"
                            .formatted(dir.resolve("broker").resolve("store.password")));

            assertThatThrownBy(() -> start(RoleName.SPLIT))
                    .satisfies(failed ->
                            assertThat(holdsSecret(Failures.message(failed))).isFalse());
        }
    }

    @Test
    void the_server_can_write_nothing() {
        for (var topic : Topics.of(spec, "main")) {
            assertCanNotWrite(
                    Party.SERVE, topic.name().substring(1 + topic.name().lastIndexOf('.')));
        }
    }
}
