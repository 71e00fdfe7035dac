package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.kernel.KernelChoice;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The topologies as their golden files have them: names of nodes and topics are what users and dashboards see.
class TopologyTest {
    private static final RoleSettings SETTINGS =
            RoleSettings.of(Map.of(), "main", Path.of("state"), new SimpleMeterRegistry());

    @TempDir
    Path dir;

    private final io.millrace.spec.Spec spec = SpecReader.resource("flights.yaml");

    @Test
    void split_reads_events_and_writes_three_splits_and_dead_letters() {
        var topology = SplitRole.topology(spec, SETTINGS, "id", null, Probe.NONE, null, null);

        assertThat(describe(topology)).isEqualTo(golden("split"));
    }

    @Test
    void split_sends_events_to_the_partition_of_their_id_where_duplicates_are_dropped_across_the_topic()
            throws IOException {
        var yaml = SpecReader.resourceText("flights.yaml")
                .replace("\nsplit:\n", "\nsplit:\n  dedupe: { across: topic }\n");
        var acrossTopic = SpecReader.read(Files.writeString(dir.resolve("spec.yaml"), yaml));

        var topology = SplitRole.topology(acrossTopic, SETTINGS, "id", null, Probe.NONE, null, null);

        assertThat(describe(topology)).isEqualTo(golden("split-by-id"));
    }

    @Test
    void train_reads_one_topic_and_keeps_cells() {
        var store = new MemoryStoreBuilder<>(
                CellStore.NAME,
                () -> new CellStore(spec, "main", spec.topic("main", "train"), "id", KernelChoice.AUTO));

        var topology = TrainRole.topology(spec.topic("main", "train"), store, spec.topic("main", "metrics"), Idle::new);

        assertThat(describe(topology)).isEqualTo(golden("train"));
    }

    @Test
    void score_reads_events_and_writes_predictions() {
        var topology = ScoreRole.topology(spec, SETTINGS, () -> null, Probe.NONE);

        assertThat(describe(topology)).isEqualTo(golden("score"));
    }

    private static final class Idle implements Processor<byte[], byte[], byte[], byte[]> {
        @Override
        public void process(Record<byte[], byte[]> record) {}
    }

    private static String describe(Topology topology) {
        return topology.describe().toString().strip();
    }

    private static String golden(String role) {
        try (var in =
                Objects.requireNonNull(TopologyTest.class.getResourceAsStream("/golden/topology-" + role + ".txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
