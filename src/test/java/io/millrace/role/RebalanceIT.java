package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.flights.Flights;
import io.millrace.kafka.TestBroker;
import io.millrace.split.Split;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Splits come and go while events flow: partitions move between live processes, and each event is in the log once.
class RebalanceIT {
    private static final int PARTITIONS = 4;
    private static final int EVENTS = 80_000;

    private final List<byte[]> events = Flights.first(EVENTS);
    private int produced;

    @TempDir
    Path dir;

    @Test
    void partitions_move_between_splits_that_join_leave_and_die() throws Exception {
        try (var model = new TestModel(dir, TestModel.flights("rebalance", "{ every: 500ms }"), PARTITIONS, Map.of());
                var first = model.process("split")) {
            feed(model, PARTITIONS, first);
            try (var second = model.process("split")) {
                feed(model, PARTITIONS / 2, second); // it has joined, and the first has handed over
                first.stop();
                feed(model, PARTITIONS, second);
                try (var third = model.process("split")) {
                    feed(model, PARTITIONS / 2, third);
                    second.armCommit(Probe.Moment.SENT, 1);
                    feed(model, 1, third);
                    second.awaitMark();
                    second.kill();
                    feed(model, PARTITIONS, third);
                    model.produce(events.subList(produced, EVENTS));
                    model.awaitEvents("split");
                    third.stop();

                    assertThat(second.last.keySet()).hasSize(PARTITIONS);
                    assertThat(third.first.keySet()).hasSize(PARTITIONS);
                }
            }

            for (var split : Split.values()) {
                assertOnceAndInOrder(model, split);
            }
        }
    }

    /// Sends a few events, and again, until `split` has taken some of each of so many partitions that were sent here.
    private void feed(TestModel model, int partitions, RoleProcess split) {
        var before = new HashMap<>(split.last);
        Awaitility.await("events of " + partitions + " partitions taken")
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    model.produce(events.subList(produced, produced + 100));
                    produced += 100;
                    return split.last.entrySet().stream()
                                    .filter(last -> !last.getValue().equals(before.get(last.getKey())))
                                    .count()
                            >= partitions;
                });
    }

    private void assertOnceAndInOrder(TestModel model, Split split) {
        model.awaitSettled(model.topic(split.word()));
        var log = new LogReplay(model.spec, TestBroker.readAll(model.topic(split.word())));
        var ids = new HashMap<Integer, List<Long>>();
        var last = new HashMap<Integer, Long>();
        var at = 0;
        for (var block : log.blocks) {
            assertThat(block.getFirstOffset())
                    .as("%s: block of partition %d, after %s", split, block.getPartition(), last)
                    .isGreaterThan(last.getOrDefault(block.getPartition(), -1L));
            last.put(block.getPartition(), block.getLastOffset());
            ids.computeIfAbsent(block.getPartition(), _ -> new ArrayList<>())
                    .addAll(log.ids.subList(at, at + block.getCount()));
            at += block.getCount();
        }

        assertThat(ids).hasSize(PARTITIONS);
        for (var partition = 0; partition < PARTITIONS; partition++) {
            var sent = new ArrayList<byte[]>();
            for (var i = partition; i < EVENTS; i += PARTITIONS) {
                sent.add(events.get(i));
            }
            assertSame(
                    split + " of partition " + partition,
                    ids.get(partition),
                    TrainExamples.of(model.spec, sent, split));
        }
    }

    /// Says where they part, in place of thousands of numbers.
    private static void assertSame(String what, List<Long> found, List<Long> expected) {
        var parting = 0;
        while (parting < Math.min(found.size(), expected.size())
                && found.get(parting).equals(expected.get(parting))) {
            parting++;
        }

        assertThat(List.of(parting, found.size()))
                .as("%s: how many are as expected, of how many", what)
                .isEqualTo(List.of(expected.size(), expected.size()));
    }
}
