package io.millrace.model;

import io.millrace.event.Wire;
import io.millrace.schema.VersionRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Follows the versions topic of a lineage in a daemon thread of its own and holds the newest whole version in one
/// volatile field.
///
/// It reads committed records from the beginning of the topic, waits for a topic that does not exist yet, outlives the
/// broker, and starts again at the oldest record where the one it wants was deleted. Versions older than the newest at
/// its start are read but never current: whoever restarts a server does not see it go back.
public final class Follower implements Following {
    private static final Logger log = LoggerFactory.getLogger(Follower.class);
    private static final Duration POLL = Duration.ofMillis(500);
    /// Until the topic was read to its end, which is the mark of a transaction: no poll returns for one.
    private static final Duration SHORT = Duration.ofMillis(20);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    /// Told of each version that became current, on the follower's thread.
    public interface Listener {
        void swapped(Model model);
    }

    private final TopicPartition partition;
    private final Listener listener;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final VersionReader reader = new VersionReader();

    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private volatile @Nullable Model current;
    private final AtomicLong swaps = new AtomicLong();
    private volatile long refused;
    private volatile OptionalLong lag = OptionalLong.empty();
    /// End of the topic when it was first reached; empty before. Versions before it are not news.
    private OptionalLong start = OptionalLong.empty();
    private boolean caughtUp;

    /// Starts to follow.
    ///
    /// @param clientProperties of a Kafka client, at least `bootstrap.servers`
    /// @throws KafkaException if the properties are wrong
    public Follower(Map<String, Object> clientProperties, String topic, Listener listener) {
        partition = new TopicPartition(topic, 0);
        this.listener = listener;
        consumer = Committed.consumer(clientProperties, "earliest");
        thread = Thread.ofPlatform().daemon().name("follower-" + topic).start(this::follow);
    }

    /// The topic followed.
    String topic() {
        return partition.topic();
    }

    /// The newest whole version, or null before the first.
    @Override
    public @Nullable Model current() {
        return current;
    }

    @Override
    public long swaps() {
        return swaps.get();
    }

    @Override
    public long refused() {
        return refused;
    }

    @Override
    public OptionalLong lag() {
        return lag;
    }

    @Override
    public CompletableFuture<Void> failure() {
        return failure;
    }

    /// Ends the thread and waits for it. What is current stays so.
    @Override
    public void close() {
        closed.countDown();
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Whatever ends the thread but a close is a failure, also an error: nobody would notice otherwise.
    private void follow() {
        try (consumer) {
            consumer.assign(List.of(partition));
            while (closed.getCount() > 0) {
                poll();
            }
        } catch (Throwable e) {
            if (closed.getCount() == 0 && (e instanceof WakeupException || e instanceof InterruptException)) {
                log.atDebug().addKeyValue("topic", partition.topic()).log("follower closed");
                return;
            }
            log.atError().addKeyValue("topic", partition.topic()).setCause(e).log("follower died");
            failure.completeExceptionally(new FollowerException(
                    "versions of " + partition.topic() + " can't be followed any more: " + e
                            + ". What is served would grow old unnoticed, so it must be started anew",
                    e));
        }
    }

    private void poll() throws InterruptedException {
        try {
            for (var record : consumer.poll(caughtUp ? POLL : SHORT)) {
                accept(record);
            }
            lag = consumer.currentLag(partition);
            if (!caughtUp && isCaughtUp()) {
                caughtUp = true;
                swap(reader.current());
            }
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            log.atWarn()
                    .addKeyValue("topic", partition.topic())
                    .setCause(e)
                    .log("versions can't be read now: trying again");
            closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void accept(ConsumerRecord<byte[], byte[]> record) {
        var refusedBefore = reader.refused();
        var model = read(record);
        if (reader.refused() > refusedBefore) {
            refused = reader.refused();
            log.atError()
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("reason", reader.reason())
                    .log("version refused");
        }
        if (caughtUp) {
            swap(model);
        }
    }

    /// The end may lie behind where a topic was made anew: then there is no lag.
    private boolean isCaughtUp() {
        if (lag.isEmpty()) {
            return false;
        }
        var position = consumer.position(partition);
        if (start.isEmpty()) {
            start = OptionalLong.of(position + lag.getAsLong());
        }
        return lag.getAsLong() == 0 || position >= start.getAsLong();
    }

    private void swap(@Nullable Model model) {
        if (model == null) {
            return;
        }
        current = model;
        var first = swaps.incrementAndGet() == 1;
        log.atLevel(first ? Level.INFO : Level.DEBUG)
                .addKeyValue("model", model.name())
                .addKeyValue("examples", model.manifest().getExamples())
                .log("model swapped in");
        tell(model);
    }

    private void tell(Model model) {
        try {
            listener.swapped(model);
        } catch (RuntimeException e) {
            log.atError().addKeyValue("model", model.name()).setCause(e).log("a listener failed");
        }
    }

    private @Nullable Model read(ConsumerRecord<byte[], byte[]> record) {
        try {
            return reader.accept(Wire.decode(VersionRecord.getDecoder(), record.value()));
        } catch (RuntimeException e) {
            reader.refuse("no version record: " + e.getMessage());
            return null;
        }
    }
}
