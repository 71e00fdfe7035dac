package io.millrace.role;

import io.millrace.kernel.DeviceException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running topology: one `KafkaStreams` with exactly-once processing, its commit hook and its instance id.
final class StreamsRole implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StreamsRole.class);
    private static final int MOST_FAILURES = 10;
    private static final List<String> PREFIXES =
            List.of("main.", "consumer.", "producer.", "admin.", "restore.", "global.", "topic.");
    private static final Duration MOST_POLL = Duration.ofMillis(100);
    private static final Duration FAILURES_WITHIN = Duration.ofMinutes(1);

    /// Makes the topology of a role, whose processors register with the hook.
    interface Wiring {
        Topology wire(CommitHook hook);
    }

    private final String application;
    private final InstanceId instance;
    private final KafkaStreams streams;
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private final Deque<Long> failures = new ArrayDeque<>();

    /// @param reading what is made of the consumer that reads the topics of the role
    /// @param reset where a partition has no committed offset: `earliest` on a first start, `none` after it
    StreamsRole(
            String application,
            RoleSettings settings,
            String reset,
            Map<String, Object> overrides,
            Probe probe,
            UnaryOperator<Consumer<byte[], byte[]>> reading,
            Wiring wiring) {
        this.application = application;
        instance = InstanceId.in(settings.stateDir().resolve(application));
        var hook = new CommitHook(instance, probe, reading);
        streams = new KafkaStreams(wiring.wire(hook), properties(settings, reset, overrides), hook);
        streams.setUncaughtExceptionHandler(this::respond);
    }

    private Properties properties(RoleSettings settings, String reset, Map<String, Object> overrides) {
        var values = new HashMap<String, Object>();
        values.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
        values.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        values.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
        values.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, settings.commitEvery().toMillis());
        // where nothing more comes, a commit that is not due yet waits until a poll returns
        values.put(
                StreamsConfig.POLL_MS_CONFIG,
                Math.min(MOST_POLL.toMillis(), settings.commitEvery().toMillis()));
        values.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
        values.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, settings.standbys());
        values.put(
                StreamsConfig.STATE_DIR_CONFIG, streamsDir(settings.stateDir()).toString());
        values.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0L);
        values.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
        values.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
        values.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, RecordTime.class);
        // a static member: a restarted process takes its tasks back at once, without waiting for its own session to end
        values.put(StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), instance.name());
        // a killed member is noticed after 6 s; 5 s risks fencing during a rebalance
        values.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 6_000);
        values.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 2_000);
        values.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), reset);
        values.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), 32 << 20);
        values.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), 8 << 20);
        values.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 10_000);
        values.put(StreamsConfig.producerPrefix(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG), 10_000);
        values.put(StreamsConfig.producerPrefix(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG), 5_000);
        values.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
        values.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 256 << 10);
        values.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), 4 << 20);
        values.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 64L << 20);
        values.putAll(overrides);
        settings.client().keySet().forEach(key -> {
            var ofStreams = PREFIXES.stream().anyMatch(key::startsWith) || key.endsWith("exception.handler");
            if (values.containsKey(key) || ofStreams) {
                // without its value, which may be a secret
                throw new RoleException(key
                        + " stands in the client properties: expected properties of any Kafka client, such as security."
                        + " This one is the role's own to set, as exactly-once depends on it");
            }
        });
        values.putAll(settings.client());
        values.put(CommonClientConfigs.CLIENT_ID_CONFIG, application);
        var properties = new Properties();
        properties.putAll(values);
        return properties;
    }

    /// Streams keeps its own directory apart from the instance files; each process of a machine has its own.
    private Path streamsDir(Path stateDir) {
        return stateDir.resolve("streams").resolve(instance.name());
    }

    /// Called by any stream thread.
    private synchronized StreamThreadExceptionResponse respond(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof RoleException fatal) {
                return giveUp(fatal);
            }
            if (cause instanceof DeviceException failed) {
                return giveUp(new RoleException(
                        application + " can't go on: " + failed.getMessage()
                                + "\nWhat was committed stays; start it again when the device is back",
                        failed));
            }
            if (cause instanceof InvalidOffsetException gone) {
                return giveUp(new RoleException(
                        application + " stands at offsets of " + gone.partitions()
                                + " that are no longer there: records it has not read were deleted, or the topic was made"
                                + " anew. Set the group's offsets to where it should go on, or start a new lineage with --lineage",
                        gone));
            }
        }
        var now = System.nanoTime();
        failures.addLast(now);
        while (now - failures.getFirst() > FAILURES_WITHIN.toNanos()) {
            failures.removeFirst();
        }
        if (failures.size() > MOST_FAILURES) {
            return giveUp(new RoleException(
                    application + " failed more than " + MOST_FAILURES + " times in a minute, last with: " + thrown,
                    thrown));
        }
        log.atWarn()
                .setCause(thrown)
                .addKeyValue("application", application)
                .log("stream thread failed and is replaced; nothing uncommitted is kept");
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    private StreamThreadExceptionResponse giveUp(RoleException fatal) {
        failure.completeExceptionally(fatal);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    void start() {
        streams.start();
    }

    boolean running() {
        return streams.state() == KafkaStreams.State.RUNNING;
    }

    /// Completes exceptionally with a [RoleException] when the role has given up.
    CompletableFuture<Void> failure() {
        return failure;
    }

    @Override
    public void close() {
        var options = CloseOptions.timeout(Duration.ofSeconds(20))
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
        streams.close(options);
        instance.close();
    }
}
