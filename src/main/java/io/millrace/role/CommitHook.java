package io.millrace.role;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/// The commit hook: what tasks hold in memory leaves in the very transaction that commits the offsets it came from.
///
/// Kafka Streams commits whenever it likes, and a store call for every touched weight would cost more than learning. So
/// this
/// supplier hands Streams a producer whose `sendOffsetsToTransaction` first lets every [CommitBuffer] behind those
/// offsets send
/// through the same producer. One instance belongs to one `KafkaStreams`.
///
/// **Guards.** Buffers are found by source partition (sub-topologies share partition numbers) and by the calling thread
/// (each
/// stream thread has its own transaction). Before anything is sent, every task of the thread that processed a record
/// since its
/// last commit must be among the offsets; otherwise the commit is refused whole.
final class CommitHook implements KafkaClientSupplier {
    private record Entry(Thread thread, Set<TopicPartition> sources, CommitBuffer buffer) {}

    private final List<Entry> entries = new CopyOnWriteArrayList<>();
    private final InstanceId instance;
    private final Probe probe;
    private final UnaryOperator<Consumer<byte[], byte[]>> reading;

    /// @param reading what is made of the consumer that reads the topics of the role
    CommitHook(InstanceId instance, Probe probe, UnaryOperator<Consumer<byte[], byte[]>> reading) {
        this.instance = instance;
        this.probe = probe;
        this.reading = reading;
    }

    /// Makes a buffer of the calling stream thread known. Called from `Processor.init`.
    ///
    /// @param sources the input partitions of the task
    void register(Set<TopicPartition> sources, CommitBuffer buffer) {
        entries.removeIf(entry -> entry.buffer.equals(buffer) || !entry.thread.isAlive());
        entries.add(new Entry(Thread.currentThread(), sources, buffer));
    }

    /// Forgets a buffer. Called from `Processor.close`; what it holds is dropped, never sent.
    void unregister(CommitBuffer buffer) {
        entries.removeIf(entry -> entry.buffer.equals(buffer));
    }

    /// Lets the buffers behind `offsets` leave through `producer`.
    ///
    /// @throws KafkaException if a task of this thread processed records that `offsets` does not commit; nothing
    ///     is sent then
    void beforeOffsets(Map<TopicPartition, OffsetAndMetadata> offsets, Producer<byte[], byte[]> producer) {
        probe.at(Probe.Moment.BEFORE);
        var here = entries.stream()
                .filter(entry -> entry.thread == Thread.currentThread())
                .toList();
        for (var entry : here) {
            if (entry.buffer.processed() && entry.sources.stream().noneMatch(offsets::containsKey)) {
                throw new KafkaException("commit of " + offsets.keySet() + " leaves out " + entry.sources
                        + ", which processed records on this thread: nothing was sent, the transaction is given up");
            }
        }
        for (var entry : here) {
            if (entry.buffer.processed() || entry.buffer.waiting()) {
                entry.buffer.leave(producer);
                probe.at(Probe.Moment.BETWEEN);
            }
        }
        probe.at(Probe.Moment.SENT);
    }

    void afterOffsets() {
        probe.at(Probe.Moment.OFFSETS);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        var settings = new HashMap<>(config);
        settings.computeIfPresent(
                ProducerConfig.TRANSACTIONAL_ID_CONFIG, (key, id) -> instance.transactionalId(String.valueOf(id)));
        return new HookedProducer(
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()), this);
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return reading.apply(consumer(config));
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return consumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return consumer(config);
    }

    private static Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return Admin.create(config);
    }
}
