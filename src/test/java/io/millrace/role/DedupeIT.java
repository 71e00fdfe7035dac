package io.millrace.role;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.event.Wire;
import io.millrace.flights.Flights;
import io.millrace.kafka.TestBroker;
import io.millrace.replay.EventLog;
import io.millrace.replay.OffsetRange;
import io.millrace.replay.Replay;
import io.millrace.schema.DeadLetter;
import io.millrace.schema.SeenHeader;
import io.millrace.schema.SeenRecord;
import io.millrace.spec.Spec;
import io.millrace.split.Split;
import io.millrace.split.SplitConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Duplicates are dropped once and for all, whatever dies.
///
/// `-Dmillrace.kills=N -Dit.minutes=N -Dsurefire.timeout=0` makes it longer, `-Dmillrace.seed=N` repeats a run.
class DedupeIT {
    private static final int KILLS = Integer.getInteger("millrace.kills", 12);
    private static final long SEED = Long.getLong("millrace.seed", System.nanoTime() & 0xffff);
    private static final int PARTITIONS = 4;
    private static final int FLIGHTS = Math.max(300_000, KILLS * 3_000);

    @TempDir
    Path dir;

    @Test
    void one_event_in_a_hundred_comes_again_in_its_partition_and_processes_die() throws Exception {
        System.out.println("DedupeIT: -Dmillrace.seed=" + SEED + " -Dmillrace.kills=" + KILLS);
        var events = withDuplicates(0).subList(0, FLIGHTS / 2);
        try (var drill = new Drill(yaml("{ within: 2d, across: partition }"), PARTITIONS, dir, SEED)) {
            drill.run(events, KILLS / 2);

            var all = new ArrayList<Long>();
            var distinct = new ArrayList<Long>();
            for (var partition = 0; partition < PARTITIONS; partition++) {
                var first = partition;
                var ids = ids(
                        drill.spec,
                        IntStream.range(0, events.size())
                                .filter(i -> i % PARTITIONS == first)
                                .mapToObj(events::get)
                                .toList());
                all.addAll(ids);
                distinct.addAll(new HashSet<>(ids));
            }
            assertThat(logged(drill.spec)).isEqualTo(sorted(distinct));
            assertCounted(drill.spec, all.size() - distinct.size());
            assertThat(headers(drill.spec).values()).allSatisfy(header -> {
                assertThat(header.getState().getOldest()).isPositive(); // some were forgotten, by time
                assertThat(header.getState().getForgotten()).isZero();
            });
            assertThat(drill.kills().stream()
                            .filter(kill -> kill.role().equals("split") && kill.lost() > 0)
                            .count())
                    .isPositive();
        }
    }

    @Test
    void a_restart_remembers_and_a_replay_of_the_events_agrees() throws Exception {
        var flights = Flights.first(20_000);
        var again = Stream.concat(flights.subList(5_000, 10_000).stream(), flights.subList(15_000, 20_000).stream())
                .toList();
        try (var model = new TestModel(dir, yaml("{ within: 7d }"), 1, Map.of())) {
            model.produce(flights.subList(0, 15_000));
            try (var _ = roles(model)) {
                model.awaitLearned();
            }
            model.produce(again);
            try (var roles = roles(model)) {
                model.awaitLearned();

                var distinct = new HashSet<>(ids(model.spec, flights));
                assertThat(logged(model.spec)).isEqualTo(sorted(distinct));
                assertCounted(
                        model.spec,
                        ids(model.spec, flights.subList(0, 15_000)).size()
                                + ids(model.spec, again).size()
                                - distinct.size());
                assertThat(roles.split.progress().duplicates()).isEqualTo(counted(model.spec));
            }

            Map<String, Object> client = Map.of("bootstrap.servers", TestBroker.bootstrapServers());
            var live = LiveState.of(TestBroker.bootstrapServers(), model.spec, "main");
            try (var events = new EventLog(client, model.spec, OffsetRange.ALL)) {
                var replay = new Replay(model.spec).run(events, (_, _) -> {});

                assertThat(replay.trainer().state()).isEqualTo(live.header().getTrainer());
                assertThat(replay.trainer().digest()).isEqualTo(live.digestOfCells());
                assertThat(replay.unlearned()).containsEntry("duplicate", counted(model.spec));
            }
        }
    }

    @Test
    void an_event_without_an_id_is_a_dead_letter() throws Exception {
        try (var model = new TestModel(dir, readings("{ within: 1h }"), 1, Map.of())) {
            model.produce(Stream.of(
                            "{\"id\":1,\"place\":\"a\",\"y\":1}",
                            "{\"place\":\"a\",\"y\":1}",
                            "{\"id\":\"\",\"place\":\"a\",\"y\":1}",
                            "{\"place\":\"a\"}",
                            "{\"id\":1,\"place\":\"b\",\"y\":1}")
                    .map(event -> event.getBytes(UTF_8))
                    .toList());
            try (var _ = roles(model)) {
                model.awaitLearned();
            }

            assertThat(TestBroker.readAll(model.spec.topic("dead-letters")))
                    .extracting(record -> Wire.decode(DeadLetter.getDecoder(), record.value()))
                    .extracting(DeadLetter::getOffset, DeadLetter::getReason)
                    .containsExactly(
                            Tuple.tuple(
                                    1L,
                                    "id is missing: expected a value, since it is part of the id and duplicates are"
                                            + " dropped"),
                            Tuple.tuple(2L, "id is empty: expected an id, since duplicates are dropped"));
            assertThat(logged(model.spec)).hasSize(1);
            assertCounted(model.spec, 1);
        }
    }

    @Test
    void one_event_in_a_hundred_comes_again_in_another_partition_and_processes_die() throws Exception {
        System.out.println("DedupeIT, topic: -Dmillrace.seed=" + SEED + " -Dmillrace.kills=" + KILLS);
        var events = withDuplicates(PARTITIONS - 1).subList(0, FLIGHTS / 2);
        // a partition may be read long after another
        try (var drill = new Drill(yaml("{ within: 60d, across: topic }"), PARTITIONS, dir, SEED)) {
            drill.run(events, KILLS / 2);

            var all = ids(drill.spec, events);
            var distinct = new HashSet<>(all);
            assertThat(logged(drill.spec)).isEqualTo(sorted(distinct));
            assertCounted(drill.spec, all.size() - distinct.size());
            assertThat(headers(drill.spec)).hasSize(PARTITIONS);
            assertThat(drill.kills().stream()
                            .filter(kill -> kill.role().equals("split") && kill.lost() > 0)
                            .count())
                    .isPositive();
        }
    }

    @Test
    void across_the_topic_splits_come_and_die_and_a_replay_of_the_events_agrees() throws Exception {
        var flights = Flights.first(60_000);
        try (var model = new TestModel(dir, yaml("{ within: 60d, across: topic }"), PARTITIONS, Map.of());
                var train = model.process("train");
                var first = model.process("split")) {
            model.produce(flights.subList(0, 10_000));
            model.awaitEvents("split");
            try (var second = model.process("split")) {
                var sent = 10_000;
                while (second.last.isEmpty()) { // until it has partitions
                    model.produce(flights.subList(sent, sent + 100));
                    sent += 100;
                    model.awaitEvents("split");
                }
                first.armCommit(Probe.Moment.SENT, 1);
                model.produce(flights.subList(sent, 40_000));
                first.awaitMark();
                first.kill();
                model.produce(flights.subList(1, 20_000)); // all of them one partition further
                model.produce(flights.subList(40_000, 60_000));
                model.awaitLearned();

                assertThat(List.of(second, train)).allMatch(RoleProcess::alive);
            }
            var distinct = new HashSet<>(ids(model.spec, flights));
            var duplicates = ids(model.spec, flights).size()
                    + ids(model.spec, flights.subList(1, 20_000)).size()
                    - distinct.size();
            assertThat(logged(model.spec)).isEqualTo(sorted(distinct));
            assertCounted(model.spec, duplicates);

            Map<String, Object> client = Map.of("bootstrap.servers", TestBroker.bootstrapServers());
            try (var events = new EventLog(client, model.spec, OffsetRange.ALL)) {
                var replay = new Replay(model.spec).run(events, (_, _) -> {});

                assertThat(replay.trainer().examples())
                        .isEqualTo(model.log().ids.size());
                assertThat(replay.unlearned())
                        .containsEntry("duplicate", (long) duplicates)
                        .containsEntry("validation", examples(model, Split.VALIDATION))
                        .containsEntry("test", examples(model, Split.TEST));
            }
        }
    }

    private static long examples(TestModel model, Split split) {
        return new LogReplay(model.spec, TestBroker.readAll(model.topic(split.word()))).ids.size();
    }

    @Test
    void what_was_split_by_id_is_deleted_and_nothing_else() throws Exception {
        try (var model = new TestModel(dir, readings("{ across: topic }"), 1, Map.of())) {
            for (var round = 0; round < 3; round++) {
                var base = 2_000 * round;
                model.produce(IntStream.range(base, base + 2_000)
                        .mapToObj(id -> "{\"id\":%d,\"place\":\"p%d\",\"y\":1,\"note\":\"%s\"}"
                                .formatted(id, id % 50, "n".repeat(16_000)))
                        .map(event -> event.getBytes(UTF_8))
                        .toList());
                try (var _ = roles(model)) {
                    model.awaitLearned();
                }
            }
            try (var _ = roles(model)) {
                model.awaitLearned();
            }

            assertThat(logged(model.spec)).hasSize(6_000).doesNotHaveDuplicates();
            assertThat(model.logStart(model.topic("by-id"))).isGreaterThan(500);
            assertThat(TestBroker.readAll(model.topic("by-id"))).hasSizeGreaterThan(500);
        }
    }

    @Test
    void across_the_topic_a_dead_letter_tells_where_the_event_came() throws Exception {
        try (var model = new TestModel(dir, readings("{ across: topic }"), 2, Map.of())) {
            model.produce(Stream.of(
                            "{\"id\":1,\"place\":\"a\",\"y\":1}",
                            "{\"id\":1,\"place\":\"a\",\"y\":1}",
                            "{\"id\":2,\"place\":\"a\",\"y\":1}",
                            "{\"place\":\"a\",\"y\":1}",
                            "{\"id\":3,\"place\":\"a\"}")
                    .map(event -> event.getBytes(UTF_8))
                    .toList());
            var nonsense = "{]".getBytes(UTF_8); // as from a route of another version
            TestBroker.produceAll(List.of(new ProducerRecord<>(
                    model.topic("by-id"), 1, ById.key(7), ById.value(1, 42, nonsense, 0, nonsense.length))));
            try (var _ = roles(model)) {
                model.awaitLearned();
            }

            assertThat(TestBroker.readAll(model.spec.topic("dead-letters")))
                    .extracting(record -> Wire.decode(DeadLetter.getDecoder(), record.value()))
                    .allMatch(letter ->
                            letter.getTopic().equals(model.spec.events().topic()))
                    .extracting(DeadLetter::getPartition, DeadLetter::getOffset, DeadLetter::getReason)
                    .containsExactlyInAnyOrder(
                            Tuple.tuple(
                                    1,
                                    1L,
                                    "id is missing: expected a value, since it is part of the id and duplicates are"
                                            + " dropped"),
                            Tuple.tuple(
                                    1,
                                    42L,
                                    "event is no JSON at line 1, column 2: expected a value or a mark of RFC 8259, found near"
                                            + " \"{]\""));
            assertThat(logged(model.spec)).hasSize(2);
            assertCounted(model.spec, 1);
        }
    }

    @Test
    void across_the_topic_both_topics_must_be_as_they_were() throws Exception {
        try (var model = new TestModel(dir, yaml("{ across: topic }"), 1, Map.of())) {
            model.produce(Flights.first(1_000));
            try (var _ = roles(model)) {
                model.awaitLearned();
            }
            var group = model.topic("split");
            var events = new TopicPartition(model.spec.events().topic(), 0);
            var byId = new TopicPartition(model.topic("by-id"), 0);
            var stood = Tampering.committed(group, byId);

            Tampering.moveOffset(group, events, 500);
            assertThatThrownBy(() -> roles(model))
                    .isInstanceOf(RoleException.class)
                    .hasMessageStartingWith("group " + group + " stands at offset 500 of " + events + ", but "
                            + byId.topic() + " holds its events up to offset 999");
            Tampering.moveOffset(group, events, 1_000);

            Tampering.moveOffset(group, byId, 500);
            assertThatThrownBy(() -> roles(model))
                    .isInstanceOf(RoleException.class)
                    .hasMessageStartingWith("group " + group + " stands at offset 500 of " + byId + ", but ");
            Tampering.moveOffset(group, byId, stood);

            Tampering.recreate(byId.topic(), Map.of("retention.ms", "-1"));
            assertThatThrownBy(() -> roles(model))
                    .isInstanceOf(RoleException.class)
                    .hasMessageStartingWith(byId + " ends at offset 0, but ")
                    .hasMessageEndingWith(
                            "The topic lost records or was made anew; start a new lineage with --lineage");
        }
    }

    private static String readings(String dedupe) {
        var name = TestBroker.unique("by-id");
        return """
                model: %s
                events: { topic: %s.readings, format: json, id: [id] }
                split: { group: [place], dedupe: %s }
                label: { field: y, above: 0 }
                features: [{ category: place }]
                """.formatted(name, name, dedupe);
    }

    @Test
    void what_was_seen_must_still_be_there() throws Exception {
        try (var model = new TestModel(dir, yaml("{ within: 7d }"), 1, Map.of());
                var admin = Admin.create(Map.of("bootstrap.servers", TestBroker.bootstrapServers()))) {
            model.produce(Flights.first(100));
            try (var _ = roles(model)) {
                model.awaitLearned();
            }
            var changelog = SeenStore.changelog(model.spec, "main");
            admin.deleteTopics(List.of(changelog)).all().get();

            assertThatThrownBy(() -> roles(model))
                    .isInstanceOf(RoleException.class)
                    .hasMessage(model.topic("train") + " holds blocks, but " + changelog
                            + " does not exist: what was seen is lost, and duplicates of it would be learned. Start a"
                            + " new lineage with --lineage");
        }
    }

    private static String yaml(String dedupe) {
        return TestModel.flights("dedupe", "{ every: 500ms }")
                .replace("\nsplit:\n", "\nsplit:\n  dedupe: " + dedupe + "\n");
    }

    private LiveRoles roles(TestModel model) {
        return new LiveRoles(TestBroker.bootstrapServers(), model.spec, "main", dir.resolve("live"));
    }

    /// Flights, and at one in a hundred places one of the last few thousand again.
    ///
    /// @param elsewhere bound of how many partitions further; 0: in its own
    private static List<byte[]> withDuplicates(int elsewhere) {
        var random = new Random(SEED);
        var events = new ArrayList<byte[]>();
        for (var flight : Flights.first(FLIGHTS)) {
            if (random.nextInt(100) == 0 && events.size() > 5_000) {
                var further = elsewhere == 0 ? 0 : 1 + random.nextInt(elsewhere);
                events.add(events.get(events.size() - PARTITIONS * (1 + random.nextInt(1_200)) - further));
            }
            events.add(flight);
        }
        return events;
    }

    /// Of all labelled events, duplicates among them, whatever their split.
    private static List<Long> ids(Spec spec, List<byte[]> events) {
        var split = spec.split();
        var plain = spec.withSplit(new SplitConfig(
                split.group(), split.salt(), split.train(), split.validation(), split.test(), Optional.empty()));
        return Stream.of(Split.values())
                .flatMap(each -> TrainExamples.of(plain, events, each).stream())
                .toList();
    }

    /// The ids in the three logs, sorted.
    private static List<Long> logged(Spec spec) {
        return sorted(Stream.of(Split.values())
                .flatMap(split ->
                        new LogReplay(spec, TestBroker.readAll(spec.topic("main", split.word()))).ids.stream())
                .toList());
    }

    private static List<Long> sorted(Collection<Long> ids) {
        return ids.stream().sorted().toList();
    }

    private static void assertCounted(Spec spec, int duplicates) {
        assertThat(duplicates).isPositive();
        assertThat(counted(spec)).isEqualTo(duplicates);
    }

    private static long counted(Spec spec) {
        return headers(spec).values().stream()
                .mapToLong(header -> header.getState().getDuplicates())
                .sum();
    }

    /// The last header of each partition of the changelog.
    private static Map<Integer, SeenHeader> headers(Spec spec) {
        var headers = new HashMap<Integer, SeenHeader>();
        for (var record : TestBroker.readAll(SeenStore.changelog(spec, "main"))) {
            if (record.value() != null
                    && Wire.decode(SeenRecord.getDecoder(), record.value()).getBody() instanceof SeenHeader header) {
                headers.put(record.partition(), header);
            }
        }
        return headers;
    }
}
