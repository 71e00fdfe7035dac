package io.millrace.role;

import io.millrace.spec.Spec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The gate: judges versions on groups that no trainer has read, and says what serves. One is active, others stand by:
/// whoever holds the one partition of the commands topic is.
///
/// ```
/// validation ──▶ gate ──▶ judgements, decisions, champion, kept, gate (its state)
/// versions ────────┤
/// commands ────────┘
/// ```
public final class GateRole implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GateRole.class);
    private static final Duration STAND_BY = Duration.ofMillis(200);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Spec spec;
    private final RoleSettings settings;
    private final Probe probe;
    private final GateProgress progress;
    private final Thread thread;
    private final InstanceId instance;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private final TopicPartition commands;

    private volatile boolean active;

    public GateRole(Spec spec, RoleSettings settings) {
        this(spec, settings, Probe.NONE);
    }

    GateRole(Spec spec, RoleSettings settings, Probe probe) {
        this.spec = spec;
        this.settings = settings;
        this.probe = probe;
        progress = new GateProgress(spec, settings.lineage(), settings.meters());
        instance = InstanceId.in(settings.stateDir().resolve(spec.topic("gate")));
        commands = new TopicPartition(spec.topic("commands"), 0);
        thread = Thread.ofPlatform().name("gate").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /// Whether this one judges, not another.
    public boolean isActive() {
        return active;
    }

    public GateProgress progress() {
        return progress;
    }

    /// Completes exceptionally with a [RoleException] when the role has given up.
    public CompletableFuture<Void> failure() {
        return failure;
    }

    private void run() {
        try {
            while (closed.getCount() > 0) {
                try {
                    takePart();
                } catch (WakeupException | InterruptException stopped) {
                    log.atDebug().log("gate closed");
                } catch (KafkaException e) {
                    log.atWarn().setCause(e).log("the gate begins anew from its last commit");
                    var _ = closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (Throwable broken) {
            failure.completeExceptionally(
                    broken instanceof RoleException ? broken : new RoleException("the gate broke: " + broken, broken));
        } finally {
            active = false;
        }
    }

    /// Joins the group; judges while the commands partition is its own.
    private void takePart() {
        var group = new KafkaConsumer<>(groupProperties(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            group.subscribe(List.of(commands.topic()));
            while (closed.getCount() > 0) {
                group.poll(STAND_BY);
                if (group.assignment().contains(commands)) {
                    judge(group);
                }
            }
        } finally {
            active = false;
            // another one need not wait for the session to end
            group.close(CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        }
    }

    private void judge(KafkaConsumer<byte[], byte[]> group) {
        try (var producer =
                new KafkaProducer<>(producerProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions(); // whoever judged before can't commit from here on
            try (var gate =
                    new Gate(spec, settings, GateStart.read(spec, settings.client()), producer, probe, progress)) {
                group.seek(commands, gate.commandOffset());
                active = true;
                log.atInfo().addKeyValue("model", spec.model()).log("this gate is the active one");
                while (closed.getCount() > 0 && group.assignment().contains(commands)) {
                    group.poll(Duration.ZERO).records(commands).forEach(gate::obey);
                    gate.step();
                }
            }
        } finally {
            active = false;
        }
    }

    private Map<String, Object> groupProperties() {
        var properties = new HashMap<>(settings.client());
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, spec.topic("gate"));
        // a restarted process goes on at once, without waiting for its own session to end
        properties.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance.name());
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000);
        properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 1_500);
        return properties;
    }

    private Map<String, Object> producerProperties() {
        var properties = new HashMap<>(settings.client());
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, spec.topic("gate"));
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
        return properties;
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        instance.close();
    }
}
