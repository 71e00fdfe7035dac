package io.millrace.model;

import io.millrace.event.Wire;
import io.millrace.schema.Chunk;
import io.millrace.schema.VersionRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Versions that must live longer than the versions topic keeps them, each whole in a compacted topic; and versions by
/// their number, wherever they still are.
///
/// Keys: `41/0` for the first chunk of version 41, `41` for its manifest.
public final class KeptVersions {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private KeptVersions() {}

    /// The records that keep a version, in their order; one transaction must hold them all.
    public static List<ProducerRecord<byte[], byte[]>> keep(String topic, Model model) {
        var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
        for (var record : Keyframe.of(model)) {
            var version = model.manifest().getVersion();
            var key = record.getBody() instanceof Chunk chunk ? key(version, chunk.getChunk()) : key(version);
            records.add(new ProducerRecord<>(topic, 0, key, Wire.encode(VersionRecord.getEncoder(), record)));
        }
        return records;
    }

    /// The records that keep a version no longer.
    ///
    /// @param chunks it was written in
    public static List<ProducerRecord<byte[], byte[]>> drop(String topic, long version, int chunks) {
        var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
        records.add(new ProducerRecord<>(topic, 0, key(version), null));
        for (var chunk = 0; chunk < chunks; chunk++) {
            records.add(new ProducerRecord<>(topic, 0, key(version, chunk), null));
        }
        return records;
    }

    /// A version by its number: from the kept topic, else from the versions topic. Empty where neither has it whole.
    ///
    /// @param client properties of a Kafka client
    /// @throws org.apache.kafka.common.KafkaException if a topic can't be read
    public static Optional<Model> find(Map<String, Object> client, String kept, String versions, long version) {
        return whole(client, kept, version).or(() -> whole(client, versions, version));
    }

    /// The newest version of a lineage; empty where there is none.
    ///
    /// @throws org.apache.kafka.common.KafkaException if the topic can't be read
    public static Optional<Model> newest(Map<String, Object> client, String versions) {
        var reader = new VersionReader();
        read(client, versions, record -> {
            accept(reader, record);
            return true;
        });
        return Optional.ofNullable(reader.current());
    }

    private static @Nullable Model accept(VersionReader reader, ConsumerRecord<byte[], byte[]> record) {
        try {
            return reader.accept(Wire.decode(VersionRecord.getDecoder(), record.value()));
        } catch (IllegalArgumentException broken) {
            reader.refuse(broken.getMessage());
            return null;
        }
    }

    private static Optional<Model> whole(Map<String, Object> client, String topic, long version) {
        var reader = new VersionReader();
        var found = new ArrayList<Model>(1);
        var compacted = topic.endsWith(".kept");
        read(client, topic, record -> {
            if (record.value() == null) {
                return true;
            }
            if (compacted && version(record.key()) != version) {
                return true;
            }
            var model = accept(reader, record);
            if (model != null && model.manifest().getVersion() == version) {
                found.add(model);
                return false;
            }
            return true;
        });
        return found.stream().findFirst();
    }

    /// The version that a key of the kept topic is of.
    public static long version(byte[] key) {
        return Long.parseLong(new String(key, StandardCharsets.US_ASCII).split("/", 2)[0]);
    }

    /// Reads what is committed, from the first record to the end as it is now, until `more` has had enough.
    private static void read(Map<String, Object> client, String topic, Predicate<ConsumerRecord<byte[], byte[]>> more) {
        var partition = new TopicPartition(topic, 0);
        try (var consumer = Committed.glance(client, "earliest")) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = Objects.requireNonNull(
                    consumer.endOffsets(List.of(partition)).get(partition), topic);
            var giveUp = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.position(partition) < end) {
                for (var record : consumer.poll(POLL)) {
                    if (!more.test(record)) {
                        return;
                    }
                }
                if (System.nanoTime() > giveUp) {
                    throw new TimeoutException(topic + " could not be read to offset " + end + " within " + PATIENCE);
                }
            }
        }
    }

    private static byte[] key(long version) {
        return Long.toString(version).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] key(long version, int chunk) {
        return (version + "/" + chunk).getBytes(StandardCharsets.US_ASCII);
    }
}
