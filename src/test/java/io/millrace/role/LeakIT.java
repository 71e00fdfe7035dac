package io.millrace.role;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.event.Row;
import io.millrace.flights.Flights;
import io.millrace.kafka.TestBroker;
import io.millrace.spec.Spec;
import io.millrace.split.GroupSplit;
import io.millrace.split.Split;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No group is ever on two sides, and nothing is lost between them.
class LeakIT {
    private static final int FLIGHTS = 100_000;

    @TempDir
    Path dir;

    @Test
    void every_labelled_flight_is_in_the_split_of_its_route_and_in_no_other() throws Exception {
        try (var model = new TestModel(dir, TestModel.flights("leak", "{ every: 500ms }"), 3, Map.of())) {
            var expected = new Expected(model.spec);
            model.produce(expected.events);
            try (var split = new SplitRole(
                    model.spec,
                    RoleSettings.of(
                            Map.of("bootstrap.servers", TestBroker.bootstrapServers()),
                            TestModel.LINEAGE,
                            dir,
                            new SimpleMeterRegistry()))) {
                split.start();
                model.awaitEvents("split");
            }

            var splits = read(model);

            assertNoGroupIsInTwo(splits);
            assertThat(splits.values().stream()
                            .mapToInt(log -> log.groups.size())
                            .sum())
                    .isEqualTo(expected.labelled);
            splits.forEach((split, log) -> {
                assertThat(counts(log.groups)).isEqualTo(expected.counts(split));
                assertOffsetsNeverGoBack(log);
            });
            assertSharesOfGroups(splits, model.spec);
        }
    }

    private static Map<Split, LogReplay> read(TestModel model) {
        var splits = new EnumMap<Split, LogReplay>(Split.class);
        for (var split : Split.values()) {
            splits.put(split, new LogReplay(model.spec, TestBroker.readAll(model.topic(split.word()))));
        }
        return splits;
    }

    private static void assertNoGroupIsInTwo(Map<Split, LogReplay> splits) {
        var seen = new HashMap<Long, Split>();
        splits.forEach((split, log) -> {
            for (var group : log.groups) {
                assertThat(seen.putIfAbsent(group, split))
                        .as("split of a group in " + split)
                        .isIn(null, split);
            }
        });
    }

    private static void assertOffsetsNeverGoBack(LogReplay log) {
        var last = new HashMap<Integer, Long>();
        for (var block : log.blocks) {
            assertThat(block.getFirstOffset()).isGreaterThan(last.getOrDefault(block.getPartition(), -1L));
            assertThat(block.getLastOffset()).isGreaterThanOrEqualTo(block.getFirstOffset() + block.getCount() - 1);
            last.put(block.getPartition(), block.getLastOffset());
        }
        assertThat(last).containsOnlyKeys(0, 1, 2);
    }

    private static void assertSharesOfGroups(Map<Split, LogReplay> splits, Spec spec) {
        var groups = new EnumMap<Split, Set<Long>>(Split.class);
        splits.forEach((split, log) -> groups.put(split, new HashSet<>(log.groups)));
        double all = groups.values().stream().mapToInt(Set::size).sum();
        var shares = Map.of(
                Split.TRAIN, spec.split().train(),
                Split.VALIDATION, spec.split().validation(),
                Split.TEST, spec.split().test());

        assertThat(all).isGreaterThan(1_000);
        shares.forEach((split, share) -> assertThat(groups.get(split).size() / all)
                .as("share of " + split)
                .isCloseTo(share, within(0.02)));
    }

    private static Map<Long, Integer> counts(List<Long> groups) {
        return groups.stream().collect(toMap(group -> group, _ -> 1, Integer::sum));
    }

    /// The flights as they are sent, some without a label, some broken, and how many of each group must be learned or
    /// held out.
    private static final class Expected {
        final List<byte[]> events = new ArrayList<>();
        int labelled;
        private final Map<Long, Integer> counts = new HashMap<>();
        private final GroupSplit groups;
        private final Row row;

        Expected(Spec spec) {
            groups = new GroupSplit(spec.split(), spec.fields());
            row = new Row(spec.fields());
            var flights = Flights.first(FLIGHTS);
            for (var i = 0; i < FLIGHTS; i++) {
                add(flights.get(i), i);
            }
        }

        private void add(byte[] flight, int i) {
            if (i % 50 == 7) {
                events.add(SomeFlights.unlabelled(flight));
            } else if (i % 97 == 11) {
                events.add(SomeFlights.truncated(flight));
            } else {
                events.add(flight);
                labelled++;
                counts.merge(group(flight), 1, Integer::sum);
            }
        }

        private long group(byte[] bytes) {
            var flight = SomeFlights.read(bytes);
            set("origin", flight.getOrigin());
            set("destination", flight.getDestination());
            return groups.group(row);
        }

        private void set(String field, String text) {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            row.setText(row.fields().slot(field), bytes, 0, bytes.length);
        }

        Map<Long, Integer> counts(Split split) {
            return counts.entrySet().stream()
                    .filter(entry -> groups.of(entry.getKey()) == split)
                    .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
        }
    }
}
