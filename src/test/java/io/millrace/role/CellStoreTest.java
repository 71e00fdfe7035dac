package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.Seed;
import io.millrace.event.Wire;
import io.millrace.feature.Examples;
import io.millrace.kernel.KernelChoice;
import io.millrace.schema.StateGroups;
import io.millrace.schema.StateRecord;
import io.millrace.spec.Spec;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.processor.StateRestoreCallback;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Groups that stay in a fold are stored as they are dealt, each commit what is new, and come back.
class CellStoreTest {
    private static final int FOLDS = 3;
    private static final String YAML = """
            model: m
            events: { topic: events }
            split: { group: [user], train: 1, validation: 0, test: 0 }
            label: { field: y, above: 0 }
            features: [{ number: x, scale: none }]
            learn: { lanes: { folds: 3, by: group, strata: class }, bits: 10 }
            """;

    @TempDir
    private Path dir;

    private final Random random = Seed.random();
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
    private final List<ProducerRecord<byte[], byte[]>> changelog = new ArrayList<>();
    private Spec spec;
    private CellStore store;

    @BeforeEach
    void begin() throws IOException {
        spec = SpecReader.read(Files.writeString(dir.resolve("m.yaml"), YAML));
        store = new CellStore(spec, "main", spec.topic("main", "train"), "id", KernelChoice.SCALAR);
        restored(store, List.of());
    }

    @AfterEach
    void end() {
        producer.close();
    }

    /// As Streams does: opens a store, and hands it what a changelog has.
    private static void restored(CellStore store, List<ProducerRecord<byte[], byte[]>> records) {
        store.init(
                (StateStoreContext) Proxy.newProxyInstance(
                        CellStoreTest.class.getClassLoader(),
                        new Class<?>[] {StateStoreContext.class},
                        (_, method, arguments) -> {
                            assertThat(method.getName()).isEqualTo("register");
                            var callback = (StateRestoreCallback) arguments[1];
                            records.forEach(record -> callback.restore(record.key(), record.value()));
                            return null;
                        }),
                store);
        store.checkDigest();
    }

    private void learn(int from, int to) {
        var examples = new Examples(1);
        for (var group = from; group < to; group++) {
            examples.begin();
            examples.add(spec.numbers().getFirst().index(), random.nextFloat());
            examples.end(random.nextInt(2), 1, random.nextLong(), group, 0);
        }
        store.trainer().learn(examples);
    }

    /// @return the pages of groups that a commit sends
    private List<StateGroups> commit() {
        producer.clear();
        store.save(producer, 0, 0);
        changelog.addAll(producer.history());
        return producer.history().stream()
                .map(record ->
                        Wire.decode(StateRecord.getDecoder(), record.value()).getBody())
                .filter(StateGroups.class::isInstance)
                .map(StateGroups.class::cast)
                .toList();
    }

    private CellStore again(List<ProducerRecord<byte[], byte[]>> records) {
        var again = new CellStore(spec, "main", spec.topic("main", "train"), "id", KernelChoice.SIMD);
        restored(again, records);
        return again;
    }

    /// What compaction leaves: the last record of each key.
    private List<ProducerRecord<byte[], byte[]>> compacted() {
        var last = new LinkedHashMap<List<Byte>, ProducerRecord<byte[], byte[]>>();
        for (var record : changelog) {
            var key = new ArrayList<Byte>();
            for (var part : record.key()) {
                key.add(part);
            }
            last.remove(key);
            last.put(key, record);
        }
        return List.copyOf(last.values());
    }

    @Test
    void sends_only_pages_of_groups_that_are_new() {
        learn(0, 1_500);
        assertThat(commit()).extracting(StateGroups::getPage).containsExactly(0, 1);
        learn(0, 1_500);
        assertThat(commit()).isEmpty();
        learn(1_500, 1_501);
        assertThat(commit()).singleElement().satisfies(page -> {
            assertThat(page.getPage()).isEqualTo(1);
            assertThat(page.getFolds().remaining()).isEqualTo(1_501 - 1_024);
        });
        learn(1_501, 2_048);
        assertThat(commit()).extracting(StateGroups::getPage).containsExactly(1);
        learn(2_048, 2_049);
        assertThat(commit()).extracting(StateGroups::getPage).containsExactly(2);
    }

    @Test
    void goes_on_where_a_changelog_ends_compacted_or_not() {
        learn(0, 900);
        commit();
        learn(500, 3_000);
        commit();

        for (var records : List.of(changelog, compacted())) {
            var again = again(records);

            assertThat(again.trainer().state()).isEqualTo(store.trainer().state());
            assertThat(again.trainer().digest()).isEqualTo(store.trainer().digest());
            assertThat(again.trainer().groups().orElseThrow().page(2))
                    .isEqualTo(store.trainer().groups().orElseThrow().page(2));
        }
        restored(store, compacted());
        learn(3_000, 3_001);
        assertThat(commit()).as("what was restored is stored").hasSize(1);
    }

    @Test
    void does_not_go_on_without_its_groups() {
        learn(0, 2_000);
        commit();

        var header = changelog.getLast();
        assertThatThrownBy(() -> again(List.of(header))).hasMessageContaining("gives cells of digest");
        var cells = withoutGroups();
        assertThat(cells).hasSize(changelog.size() - 2);
        assertThatThrownBy(() -> again(cells)).hasMessageContaining("gives cells of digest");
        var later = changelog.stream()
                .filter(record -> !(body(record) instanceof StateGroups page && page.getPage() == 0))
                .toList();
        assertThat(later).hasSize(changelog.size() - 1);
        assertThatThrownBy(() -> again(later)).hasMessageContaining("holds a broken record: page = 1 is wrong");
    }

    private List<ProducerRecord<byte[], byte[]>> withoutGroups() {
        return changelog.stream()
                .filter(record -> !(body(record) instanceof StateGroups))
                .toList();
    }

    private static Object body(ProducerRecord<byte[], byte[]> record) {
        return Wire.decode(StateRecord.getDecoder(), record.value()).getBody();
    }

    /// Streams closes a store that it opens again when the task comes back; what is on a device must not stay there.
    @Test
    void closes_its_trainer_and_goes_on_when_it_is_opened_again() throws IOException {
        var yaml = YAML.replaceFirst(
                "lanes: \\{.*?}", "learner: { kind: mlp, embedding: 4, layers: [4], activation: relu, batch: 8 }");
        spec = SpecReader.read(Files.writeString(dir.resolve("mlp.yaml"), yaml));
        store = new CellStore(spec, "main", spec.topic("main", "train"), "id", KernelChoice.SCALAR);
        restored(store, List.of());
        learn(0, 20);
        commit();
        var digest = store.trainer().digest();

        store.close();

        assertThat(store.isOpen()).isFalse();
        assertThatThrownBy(() -> learn(20, 40))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("it was closed");
        restored(store, changelog);
        assertThat(store.isOpen()).isTrue();
        assertThat(store.trainer().digest()).isEqualTo(digest);
        learn(20, 40);
        assertThat(store.trainer().digest()).isNotEqualTo(digest);
    }

    @Test
    void tells_lanes_and_groups_in_metrics() {
        var meters = new SimpleMeterRegistry();
        var progress = new TrainProgress(spec, "main", meters);
        learn(0, 700);

        progress.update(store);

        assertThat(meters.get("millrace.train.lane").tag("model", "m").gauge().value())
                .isEqualTo(FOLDS);
        for (var metric : store.trainer().metrics().entrySet()) {
            assertThat(meters.get("millrace.train.metric")
                            .tag("metric", metric.getKey())
                            .gauge()
                            .value())
                    .isEqualTo(metric.getValue());
        }
        assertThat(store.trainer().metrics())
                .containsEntry("folds.groups", 700.0)
                .containsEntry("folds.by-hash", 0.0)
                .containsKeys("log-loss.folds", "log-loss.lane-0", "log-loss.lane-3.decayed");
    }
}
