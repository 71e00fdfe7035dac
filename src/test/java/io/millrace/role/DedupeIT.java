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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Duplicates are dropped once and for all, whatever dies.
///
/// `-Dmillrace.kills=N` makes it longer, `-Dmillrace.seed=N` repeats a run.
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
        var events = withDuplicates(PARTITIONS);
        try (var drill = new Drill(yaml("{ within: 2d, across: partition }"), PARTITIONS, dir, SEED)) {
            drill.run(events, KILLS);

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
                    .isGreaterThanOrEqualTo(2);
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
        var name = TestBroker.unique("no-id");
        var yaml = """
                model: %s
                events: { topic: %s.readings, format: json, id: [id] }
                split: { group: [place], dedupe: { within: 1h } }
                label: { field: y, above: 0 }
                features: [{ category: place }]
                """.formatted(name, name);
        try (var model = new TestModel(dir, yaml, 1, Map.of())) {
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
                            org.assertj.core.groups.Tuple.tuple(
                                    1L,
                                    "id is missing: expected a value, since it is part of the id and duplicates are"
                                            + " dropped"),
                            org.assertj.core.groups.Tuple.tuple(
                                    2L, "id is empty: expected an id, since duplicates are dropped"));
            assertThat(logged(model.spec)).hasSize(1);
            assertCounted(model.spec, 1);
        }
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

    /// Flights, and after one in a hundred places one of the last few thousand again, as many places later as `step`
    /// has
    /// multiples.
    private static List<byte[]> withDuplicates(int step) {
        var random = new Random(SEED);
        var events = new ArrayList<byte[]>();
        for (var flight : Flights.first(FLIGHTS)) {
            if (random.nextInt(100) == 0 && events.size() > 5_000) {
                events.add(events.get(events.size() - step * (1 + random.nextInt(5_000 / step - 1))));
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
