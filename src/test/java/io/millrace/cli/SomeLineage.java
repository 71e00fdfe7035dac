package io.millrace.cli;

import io.millrace.event.Wire;
import io.millrace.feature.Examples;
import io.millrace.feature.NumberFeature;
import io.millrace.kafka.TestBroker;
import io.millrace.learn.Trainer;
import io.millrace.model.ModelFiles;
import io.millrace.model.Publisher;
import io.millrace.role.Topics;
import io.millrace.schema.Control;
import io.millrace.schema.TrainRecord;
import io.millrace.schema.VersionRecord;
import io.millrace.spec.Spec;
import io.millrace.split.Blocks;
import io.millrace.split.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;

/// A lineage as its roles leave it on the shared broker: block topics and versions, made without them. Beside it, what
/// the trainer itself predicted for the held-out examples at each version.
final class SomeLineage {
    /// A held-out example and what the trainer said of it, by version from 1.
    record HeldOutExample(float label, long group, List<Float> predictions) {}

    private final Spec spec;
    private final String name;
    private final Map<Split, List<TrainRecord>> logs = new EnumMap<>(Split.class);
    private final Map<Split, List<HeldOutExample>> examples = new EnumMap<>(Split.class);
    private final int[] numbers;

    /// @param versions how many are cut, equally far apart
    SomeLineage(Spec spec, String name, List<byte[]> events, int versions) {
        this.spec = spec;
        this.name = name;
        numbers = spec.numbers().stream().mapToInt(NumberFeature::index).toArray();
        for (var split : Split.values()) {
            logs.put(split, new ArrayList<>());
            logs.get(split).add(new TrainRecord(new Control(name, spec.hash(), spec.toJson(), "test", "")));
        }
        split(events);
        for (var split : List.of(Split.VALIDATION, Split.TEST)) {
            examples.put(split, decode(split));
        }
        train(versions);
    }

    private void split(List<byte[]> events) {
        var splitter = spec.splitter(
                name,
                spec.events().topic(),
                0,
                (split, block) -> logs.get(split).add(new TrainRecord(block)));
        var offset = 0;
        for (var event : events) {
            splitter.accept(event, 0, event.length, offset++, 0);
        }
        splitter.flush();
    }

    private List<Examples> batches(Split split) {
        var batches = new ArrayList<Examples>();
        for (var record : logs.get(split)) {
            if (record.getBody() instanceof io.millrace.schema.Block block) {
                var batch = new Examples(numbers.length);
                Blocks.decode(block, spec.learn().bits(), numbers, batch);
                batches.add(batch);
            }
        }
        return batches;
    }

    private List<HeldOutExample> decode(Split split) {
        var all = new ArrayList<HeldOutExample>();
        for (var batch : batches(split)) {
            for (var row = 0; row < batch.size; row++) {
                all.add(new HeldOutExample(batch.labels[row], batch.groups[row], new ArrayList<>()));
            }
        }
        return all;
    }

    private void train(int versions) {
        publish();
        var trainer = new Trainer(spec.learn(), spec.numbers());
        var publisher = new Publisher(spec, name, 0, List.of());
        var train = batches(Split.TRAIN);
        for (var version = 1; version <= versions; version++) {
            for (var k = train.size() * (version - 1) / versions; k < train.size() * version / versions; k++) {
                trainer.learn(train.get(k));
            }
            examples.forEach((split, all) -> predict(trainer, split, all));
            send(
                    "versions",
                    publisher.cut(trainer, 1).stream()
                            .map(record -> Wire.encode(VersionRecord.getEncoder(), record))
                            .toList());
        }
    }

    private void predict(Trainer trainer, Split split, List<HeldOutExample> all) {
        var i = 0;
        for (var batch : batches(split)) {
            for (var row = 0; row < batch.size; row++) {
                all.get(i++).predictions.add(trainer.predict(batch, row));
            }
        }
    }

    private void publish() {
        try (var admin = Admin.create(Map.of("bootstrap.servers", TestBroker.bootstrapServers()))) {
            Topics.ensure(admin, spec, name);
        }
        logs.forEach((split, records) -> send(
                split.word(),
                records.stream()
                        .map(record -> Wire.encode(TrainRecord.getEncoder(), record))
                        .toList()));
    }

    private void send(String word, List<byte[]> values) {
        TestBroker.produceAll(values.stream()
                .map(value -> new ProducerRecord<byte[], byte[]>(spec.topic(name, word), 0, null, value))
                .toList());
    }

    /// The examples of a held-out split.
    List<HeldOutExample> heldOut(Split split) {
        return examples.get(split);
    }

    /// Examples before an offset of a split's topic.
    int examplesBefore(Split split, long offset) {
        return batches(split).stream()
                .limit(offset - 1)
                .mapToInt(batch -> batch.size)
                .sum();
    }

    /// A model of one example, in files.
    static void write(Spec spec, Path directory) throws IOException {
        ModelFiles.write(directory, keyframe(spec, 1));
    }

    /// A version of one example.
    static List<VersionRecord> keyframe(Spec spec, long number) {
        var trainer = new Trainer(spec.learn(), spec.numbers());
        var batch = new Examples(spec.numbers().size());
        batch.begin();
        for (var feature : spec.numbers()) {
            batch.add(feature.index(), 1);
        }
        batch.add(1, 1);
        batch.end(1, 1, 1, 1, 1);
        trainer.learn(batch);
        return new Publisher(spec, "main", number - 1, List.of()).cut(trainer, 1);
    }
}
