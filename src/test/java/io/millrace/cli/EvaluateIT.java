package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.cli.SomeLineage.HeldOutExample;
import io.millrace.event.EventsConfig.Format;
import io.millrace.event.FileEvents;
import io.millrace.event.Wire;
import io.millrace.feature.Examples;
import io.millrace.feature.NumberFeature;
import io.millrace.kafka.TestBroker;
import io.millrace.model.KeptVersions;
import io.millrace.model.Model;
import io.millrace.model.VersionReader;
import io.millrace.replay.FlightFiles;
import io.millrace.role.RoleSettings;
import io.millrace.role.SplitRole;
import io.millrace.role.Topics;
import io.millrace.role.TrainRole;
import io.millrace.schema.Block;
import io.millrace.schema.LedgerEntry;
import io.millrace.schema.Metric;
import io.millrace.schema.TrainRecord;
import io.millrace.schema.VersionRecord;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import io.millrace.split.Blocks;
import io.millrace.split.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateIT {
    private static final Map<String, Object> CLIENT = Map.of("bootstrap.servers", TestBroker.bootstrapServers());

    @TempDir
    private Path folder;

    private final String model = TestBroker.unique("evaluated");
    private Spec spec;
    private SomeLineage lineage;

    @BeforeEach
    void make_a_lineage_of_three_versions() throws IOException {
        spec = spec("flights.yaml", "", "");
        lineage = new SomeLineage(spec, "main", events(), 3);
    }

    /// The shipped spec of flights under this model's name, with something else in it.
    private Spec spec(String file, String part, String instead) throws IOException {
        var yaml = SpecReader.resourceText("flights.yaml")
                .replace("model: flight-delays", "model: " + model)
                .replace("topic: flights", "topic: " + model + "-flights")
                .replace(part, instead);
        return SpecReader.read(Files.writeString(folder.resolve(file), yaml));
    }

    private List<byte[]> events() throws IOException {
        var file = FlightFiles.write(folder.resolve("flights.csv"), FlightFiles.rows(20_000, 6));
        var values = new ArrayList<byte[]>();
        try (var events = FileEvents.open(file, Format.AVRO, spec.schemaText(), Map.of(), Set.of())) {
            while (events.next()) {
                values.add(events.value());
            }
        }
        return values;
    }

    private Called evaluate(String... words) {
        return evaluateAs("flights.yaml", words);
    }

    private Called evaluateAs(String file, String... words) {
        var all = new ArrayList<>(List.of("evaluate"));
        all.addAll(List.of("--spec", folder.resolve(file).toString()));
        all.addAll(List.of("--bootstrap-servers", TestBroker.bootstrapServers()));
        all.addAll(List.of(words));
        return Called.millrace(all.toArray(String[]::new));
    }

    private List<LedgerEntry> ledger(String name) {
        return TestBroker.readAll(spec.topic(name, "ledger")).stream()
                .map(record -> Wire.decode(LedgerEntry.getDecoder(), record.value()))
                .toList();
    }

    private static double logLoss(HeldOutExample each, int version) {
        double p = each.predictions().get(version - 1);
        return -Math.log(each.label() == 1 ? p : 1 - p);
    }

    private static double mean(List<HeldOutExample> all, ToDoubleFunction<HeldOutExample> measure) {
        return all.stream().mapToDouble(measure).average().orElseThrow();
    }

    private static void assertRefused(Called called, String message) {
        assertThat(called.err()).isEqualTo(message);
        assertThat(called.exitCode()).isEqualTo(2);
        assertThat(called.out()).isEmpty();
    }

    @Nested
    class The_first_look_at_test {
        @Test
        void has_the_figures_of_what_the_trainer_itself_predicted() {
            var called = evaluate("--split", "test", "main/2", "--by", "anna");

            assertThat(called.err()).isEmpty();
            assertThat(called.exitCode()).isZero();
            var test = lineage.heldOut(Split.TEST);
            var entry = ledger("main").getFirst();
            assertThat(entry.getExamples()).isEqualTo(test.size()).isGreaterThan(500);
            var figures = entry.getVersions().getFirst().getFigures();
            assertThat(figures.get("log-loss")).isCloseTo(mean(test, each -> logLoss(each, 2)), within(1e-12));
            assertThat(figures.get("accuracy"))
                    .isCloseTo(
                            mean(test, each -> each.predictions().get(1) >= 0.5 == (each.label() == 1) ? 1 : 0),
                            within(1e-12));
            assertThat(figures.get("brier"))
                    .isCloseTo(mean(test, each -> Math.pow(each.predictions().get(1) - each.label(), 2)), within(1e-9));
            assertThat(figures.get("log-loss")).isBetween(figures.get("log-loss.low"), figures.get("log-loss.high"));
            assertThat(figures.get("groups")).isEqualTo((double)
                    test.stream().map(HeldOutExample::group).distinct().count());
        }

        @Test
        void is_recorded_and_shown_and_published() {
            var called = evaluate("--split", "test", "main/2", "--by", "anna");

            assertThat(ledger("main")).singleElement().satisfies(entry -> {
                assertThat(entry.getLineage()).isEqualTo("main");
                assertThat(entry.getSplit()).isEqualTo("test");
                assertThat(entry.getSpecHash()).isEqualTo(spec.hash());
                assertThat(entry.getUse()).isEqualTo(1);
                assertThat(entry.getBy()).isEqualTo("anna");
                assertThat(entry.getFromOffset()).isZero();
                assertThat(entry.getDifferences()).isEmpty();
            });
            var version = ledger("main").getFirst().getVersions().getFirst();
            assertThat(version.getName()).isEqualTo("main/2");
            assertThat(called.out())
                    .startsWith("test of lineage main, offsets 0 to ")
                    .contains(
                            "\nfirst use of this split\nso few groups make the intervals too short: expected 20 or more\n",
                            "main/2, digest " + Figures.digest(version.getDigest()),
                            "log-loss    " + Figures.metric(version.getFigures().get("log-loss")),
                            "± " + Figures.metric(version.getFigures().get("auc.error")) + " by bins");
            assertThat(TestBroker.readAll(spec.topic("main", "metrics")))
                    .singleElement()
                    .satisfies(record -> {
                        var metric = Wire.decode(Metric.getDecoder(), record.value());
                        assertThat(metric.getSplit()).isEqualTo("test");
                        assertThat(metric.getVersion()).isEqualTo(2);
                        assertThat(metric.getValues())
                                .containsAllEntriesOf(version.getFigures())
                                .containsKey("calibration.3.observed");
                    });
        }

        @Test
        void ends_at_the_offset_given() {
            evaluate("--split", "test", "main/2", "--to-offset", "2");

            var entry = ledger("main").getFirst();
            assertThat(entry.getToOffset()).isEqualTo(2);
            assertThat(entry.getExamples())
                    .isEqualTo(lineage.examplesBefore(Split.TEST, 2))
                    .isLessThan(lineage.heldOut(Split.TEST).size());
        }
    }

    /// Split and train as they run, not what this test makes in their place.
    @Nested
    class A_lineage_of_roles {
        private Model newest;

        private void run() throws IOException {
            try (var admin = Admin.create(CLIENT)) {
                Topics.ensureEvents(admin, spec, 1, Map.of());
                Topics.ensure(admin, spec, "live");
            }
            TestBroker.produceAll(events().stream()
                    .map(event ->
                            new ProducerRecord<byte[], byte[]>(spec.events().topic(), 0, null, event))
                    .toList());
            var settings = RoleSettings.of(CLIENT, "live", folder.resolve("state"), new SimpleMeterRegistry())
                    .withCommitEvery(Duration.ofMillis(100));
            try (var split = new SplitRole(spec, settings);
                    var train = new TrainRole(spec, settings)) {
                split.start();
                train.start();
                var learned = version("main", 3);
                await().atMost(Duration.ofMinutes(1))
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> {
                            newest = newest("live");
                            return newest != null
                                    && newest.manifest().getDigest()
                                            == learned.manifest().getDigest();
                        });
            }
        }

        private Model newest(String name) {
            return version(name, Long.MAX_VALUE);
        }

        /// The last version of a lineage up to a number.
        private Model version(String name, long number) {
            var reader = new VersionReader();
            Model last = null;
            for (var record : TestBroker.readAll(spec.topic(name, "versions"))) {
                var version = reader.accept(Wire.decode(VersionRecord.getDecoder(), record.value()));
                last = version != null && version.manifest().getVersion() <= number ? version : last;
            }
            return last;
        }

        private List<Examples> test() {
            var indices = spec.numbers().stream().mapToInt(NumberFeature::index).toArray();
            var batches = new ArrayList<Examples>();
            for (var record : TestBroker.readAll(spec.topic("live", "test"))) {
                if (Wire.decode(TrainRecord.getDecoder(), record.value()).getBody() instanceof Block block) {
                    var batch = new Examples(indices.length);
                    Blocks.decode(block, spec.learn().bits(), indices, batch);
                    batches.add(batch);
                }
            }
            return batches;
        }

        /// The probability by its formula, from the weights alone; the first entry is the distance, standardised.
        private double probability(Examples batch, int row) {
            var scaler = newest.manifest().getScalers().getFirst();
            var deviation = Math.sqrt(scaler.getSquares() / scaler.getCount());
            var margin = 0.0;
            for (var j = batch.rows[row]; j < batch.rows[row + 1]; j++) {
                var x = j == batch.rows[row] ? (batch.values[j] - scaler.getMean()) / deviation : batch.values[j];
                margin += newest.weight(batch.indices[j]) * x;
            }
            return 1 / (1 + Math.exp(-margin));
        }

        @Test
        void has_figures_that_follow_from_the_weights_of_the_version() throws IOException {
            run();

            var called = evaluate("--split", "test", "--lineage", "live", newest.name());

            assertThat(called.exitCode()).as(called.err()).isZero();
            double loss = 0, hits = 0, examples = 0;
            for (var batch : test()) {
                for (var row = 0; row < batch.size; row++) {
                    var p = probability(batch, row);
                    loss -= Math.log(batch.labels[row] == 1 ? p : 1 - p);
                    hits += p >= 0.5 == (batch.labels[row] == 1) ? 1 : 0;
                    examples++;
                }
            }
            var version = ledger("live").getFirst().getVersions().getFirst();
            assertThat(version.getDigest()).isEqualTo(newest.manifest().getDigest());
            assertThat(version.getFigures().get("log-loss")).isCloseTo(loss / examples, within(1e-6));
            assertThat(version.getFigures().get("accuracy")).isCloseTo(hits / examples, within(1e-12));
        }
    }

    @Nested
    class The_second_look_at_test {
        @Test
        void is_refused() {
            evaluate("--split", "test", "main/1", "--by", "anna");
            var first = ledger("main");

            var called = evaluate("--split", "test", "main/2");

            assertRefused(
                    called,
                    "the test split of lineage main was used once before, first by anna at "
                            + java.time.Instant.ofEpochMilli(first.getFirst().getTime())
                            + ": expected --again, which is counted too\n"
                            + "  Who looks at it again and again and keeps what looks best no longer learns how good that is:"
                            + " choose by --split validation.\n");
            assertThat(ledger("main")).isEqualTo(first);
        }

        @Test
        void is_counted_when_it_is_insisted_on() {
            evaluate("--split", "test", "main/1");
            evaluate("--split", "test", "main/2", "--again");

            var called = evaluate("--split", "test", "main/2", "--again");

            assertThat(called.exitCode()).isZero();
            assertThat(called.out()).contains("\nused twice before, first by ");
            assertThat(ledger("main")).extracting(LedgerEntry::getUse).containsExactly(1L, 2L, 3L);
        }
    }

    @Nested
    class Validation {
        @Test
        void may_be_used_as_often_as_one_likes() {
            evaluate("--split", "test", "main/1");
            evaluate("--split", "validation", "main/1");

            var called = evaluate("--split", "validation", "main/3");

            assertThat(called.exitCode()).isZero();
            assertThat(called.out()).startsWith("validation of lineage main").contains("used once before");
            assertThat(ledger("main"))
                    .extracting(LedgerEntry::getSplit, LedgerEntry::getUse)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple("test", 1L),
                            org.assertj.core.groups.Tuple.tuple("validation", 1L),
                            org.assertj.core.groups.Tuple.tuple("validation", 2L));
            var validation = lineage.heldOut(Split.VALIDATION);
            assertThat(ledger("main")
                            .getLast()
                            .getVersions()
                            .getFirst()
                            .getFigures()
                            .get("log-loss"))
                    .isCloseTo(mean(validation, each -> logLoss(each, 3)), within(1e-12));
        }
    }

    @Nested
    class Several_versions {
        @Test
        void are_compared_with_the_first_on_the_same_examples() {
            var called = evaluate("--split", "validation", "main/3", "1");

            var entry = ledger("main").getFirst();
            assertThat(entry.getVersions()).extracting("name").containsExactly("main/3", "main/1");
            assertThat(called.out()).contains("main/1 less main/3, on the same examples");
            assertThat(entry.getDifferences()).singleElement().satisfies(difference -> {
                assertThat(difference.getVersion()).isEqualTo("main/1");
                assertThat(difference.getOther()).isEqualTo("main/3");
                var figures = difference.getFigures();
                assertThat(figures.get("log-loss"))
                        .isCloseTo(
                                mean(lineage.heldOut(Split.VALIDATION), each -> logLoss(each, 1) - logLoss(each, 3)),
                                within(1e-12))
                        .isBetween(figures.get("log-loss.low"), figures.get("log-loss.high"));
            });
        }

        @Test
        void do_not_differ_from_themselves() {
            evaluate("--split", "validation", "main/3", "main/3");

            assertThat(ledger("main").getFirst().getDifferences().getFirst().getFigures())
                    .containsKeys("log-loss", "log-loss.low", "accuracy.high", "brier")
                    .allSatisfy((name, value) -> assertThat(value).as(name).isZero());
        }

        @Test
        void may_be_files() throws IOException {
            var kept = folder.resolve("kept");
            SomeLineage.write(spec, kept);

            var called = evaluate("--split", "validation", "main/3", "--model", kept.toString());

            assertThat(called.exitCode()).as(called.err()).isZero();
            assertThat(called.out()).contains(kept + " less main/3");
            assertThat(TestBroker.readAll(spec.topic("main", "metrics"))).hasSize(1); // its number is nobody's
        }

        @Test
        void must_have_learned_from_the_same_features() throws IOException {
            var kept = folder.resolve("other");
            SomeLineage.write(spec("fewer.yaml", "  - { hour-of-day: date }\n", ""), kept);

            assertRefused(
                    evaluate("--split", "validation", "main/3", "--model", kept.toString()),
                    kept + " was learned under another spec than that of " + model
                            + ".main.validation: expected one that differs in learn.loss, learn.learner and learn.optimizer at most\n");
            assertThat(ledger("main")).isEmpty();
        }

        @Test
        void must_predict_the_same_thing() throws IOException {
            var kept = folder.resolve("squared");
            SomeLineage.write(spec("squared.yaml", "loss: logistic", "loss: squared"), kept);

            assertRefused(
                    evaluate("--split", "validation", "main/3", "--model", kept.toString()),
                    "main/3 predicts probabilities, " + kept + " predicts numbers: expected versions of one kind\n");
        }

        @Test
        void must_be_there() {
            assertRefused(
                    evaluate("--split", "test", "main/7"),
                    "version 7 is not in " + model + ".main.versions: expected one of 1 to 3\n"
                            + "  Older ones go as `publish.keep` says; `millrace replay --out` keeps one as files.\n");
            assertThat(ledger("main")).isEmpty();
        }

        @Test
        void may_be_kept_longer_than_their_topic_has_them() {
            var seven = Model.of(null, SomeLineage.keyframe(spec, 7));
            TestBroker.produceAll(KeptVersions.keep(spec.topic("main", "kept"), seven));

            var called = evaluate("--split", "validation", "main/3", "main/7");
            var none = evaluate("--split", "validation", "main/8");

            assertThat(called.exitCode()).as(called.err()).isZero();
            assertThat(ledger("main").getFirst().getVersions().getLast().getDigest())
                    .isEqualTo(seven.manifest().getDigest());
            assertThat(none.err())
                    .startsWith("version 8 is not in " + model
                            + ".main.versions: expected one of 1 to 3, or of the kept 7\n");
        }

        @Test
        void must_be_named() {
            assertRefused(
                    evaluate("--split", "test"), "no version is named: expected one like main/41, or --model DIR\n");
            assertRefused(
                    evaluate("--split", "test", "newest"),
                    "newest names no version: expected one like main/41, or 41\n");
        }
    }

    @Nested
    class Other_shares_or_another_salt {
        @Test
        void begin_a_new_lineage_with_a_ledger_of_its_own() throws IOException {
            evaluate("--split", "test", "main/1");
            var moved = spec("moved.yaml", "salt: flights-2001", "salt: flights-2002");
            new SomeLineage(moved, "second", events(), 1);

            var asMain = evaluateAs("moved.yaml", "--split", "test", "main/1", "--again");
            var asSecond = evaluateAs("moved.yaml", "--split", "test", "--lineage", "second", "1");

            assertRefused(
                    asMain,
                    model + ".main.test was written under another spec: expected one that differs in learn.loss,"
                            + " learn.learner and learn.optimizer at most\n"
                            + "  Name the spec and the --lineage that belong together: other shares, salt or features make a"
                            + " new one.\n");
            assertThat(asSecond.exitCode()).as(asSecond.err()).isZero();
            assertThat(asSecond.out()).contains("first use of this split");
            assertThat(ledger("main")).hasSize(1);
            assertThat(ledger("second")).extracting(LedgerEntry::getSpecHash).containsExactly(moved.hash());
        }

        @Test
        void do_not_lend_their_versions() throws IOException {
            new SomeLineage(
                    spec("moved.yaml", "train: 0.8\n  validation: 0.1", "train: 0.7\n  validation: 0.2"),
                    "second",
                    events(),
                    1);

            var called = evaluate("--split", "test", "second/1");

            assertThat(called.exitCode()).isEqualTo(2);
            assertThat(called.err()).startsWith("second/1 was learned under another spec than that of " + model);
        }
    }

    @Nested
    class A_look_that_can_not_be_recorded {
        @Test
        void does_not_happen() throws IOException {
            var name = TestBroker.unique("unrecorded");
            TestBroker.createTopic(spec.topic(name, "ledger"), 1, Map.of("max.message.bytes", "200"));
            new SomeLineage(spec, name, events(), 1);

            var called = evaluate("--split", "test", "--lineage", name, "1");

            assertThat(called.exitCode()).isEqualTo(1);
            assertThat(called.out()).isEmpty();
            assertThat(called.err())
                    .startsWith("the use could not be recorded in " + spec.topic(name, "ledger")
                            + ", so nothing of it is shown: ")
                    .doesNotContain("log-loss");
            assertThat(TestBroker.readAll(spec.topic(name, "metrics"))).isEmpty();
        }

        @Test
        void is_one_that_another_overtook() {
            var topic = spec.topic("main", "ledger");
            try (var overtaken = new Ledger(CLIENT, topic);
                    var other = new Ledger(CLIENT, topic)) {
                other.write(entry(1), spec.topic("main", "metrics"), List.of());

                assertThat(org.assertj.core.api.Assertions.catchThrowable(
                                () -> overtaken.write(entry(1), spec.topic("main", "metrics"), List.of())))
                        .isInstanceOf(CommandException.class)
                        .hasMessageContaining("so nothing of it is shown");
            }
            assertThat(ledger("main")).containsExactly(entry(1));
        }

        private static LedgerEntry entry(long use) {
            return new LedgerEntry("main", "test", 1L, use, "anna", 2L, 3L, 4L, 5L, List.of(), List.of());
        }
    }
}
