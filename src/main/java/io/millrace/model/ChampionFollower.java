package io.millrace.model;

import io.millrace.event.Wire;
import io.millrace.schema.Champion;
import io.millrace.schema.ChampionMode;
import io.millrace.spec.Spec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

/// Holds the version that the champion topic says: the newest of a lineage, or one by its number while the gate has
/// tripped or an operator has pinned. Without a record it is the newest of the lineage given.
///
/// - What is current stays so until what comes next is whole: a lineage that is promoted is followed first, then
/// served.
/// - A version by its number comes from the kept topic; the newest are followed all the while, so that to resume takes
///   no reading.
/// - Nothing is served before the champion topic was read once: a server started anew does not answer with a version
///   that was rolled back.
public final class ChampionFollower implements Following {
    private static final Logger log = LoggerFactory.getLogger(ChampionFollower.class);
    private static final Duration POLL = Duration.ofMillis(500);
    /// Until the topic was read to its end, which is the mark of a transaction: no poll returns for one.
    private static final Duration SHORT = Duration.ofMillis(20);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Map<String, Object> client;
    private final Spec spec;
    private final Follower.Listener listener;
    private final TopicPartition partition;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private final AtomicLong swaps = new AtomicLong();
    private final AtomicLong unreadable = new AtomicLong();
    private final Thread thread;

    private volatile @Nullable Model current;
    /// Of the lineage that serves.
    private volatile Follower follower;

    private @Nullable Follower next;
    /// The version by its number that serves; null while the newest does.
    private @Nullable Model named;

    private Champion champion;
    private boolean known;
    /// Where the champion topic ended at the start; -1 before that is known.
    private long end = -1;

    /// Starts to follow.
    ///
    /// @param client properties of a Kafka client, at least `bootstrap.servers`
    /// @param spec of the model; only its name counts
    /// @param lineage served while the champion topic has no record
    /// @throws KafkaException if the properties are wrong
    @SuppressWarnings("this-escape") // the thread starts last
    public ChampionFollower(Map<String, Object> client, Spec spec, String lineage, Follower.Listener listener) {
        this.client = client;
        this.spec = spec;
        this.listener = listener;
        partition = new TopicPartition(spec.topic("champion"), 0);
        champion = undecided(lineage);
        consumer = Committed.consumer(client, "earliest");
        follower = follow(lineage);
        thread = Thread.ofPlatform().daemon().name("champion").unstarted(this::run);
        thread.start();
    }

    /// What serves where no gate has ever decided: the newest version of a lineage.
    public static Champion undecided(String lineage) {
        return new Champion(lineage, ChampionMode.FOLLOW, null, "nobody", "nothing was decided yet", 0L);
    }

    private Follower follow(String lineage) {
        var followed = new Follower(client, spec.topic(lineage, "versions"), this::swapped);
        var _ = followed.failure().whenComplete((_, failed) -> {
            if (failed != null) {
                failure.completeExceptionally(failed);
            }
        });
        return followed;
    }

    @Override
    public @Nullable Model current() {
        return current;
    }

    /// What serves, as the last record read says.
    public synchronized Champion champion() {
        return champion;
    }

    @Override
    public long swaps() {
        return swaps.get();
    }

    @Override
    public long refused() {
        return follower.refused() + unreadable.get();
    }

    @Override
    public OptionalLong lag() {
        return follower.lag();
    }

    @Override
    public CompletableFuture<Void> failure() {
        return failure;
    }

    private void run() {
        try (consumer) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (closed.getCount() > 0) {
                poll();
            }
        } catch (Throwable e) {
            if (closed.getCount() == 0 && (e instanceof WakeupException || e instanceof InterruptException)) {
                log.atDebug().log("champion follower closed");
                return;
            }
            log.atError().setCause(e).log("champion follower died");
            failure.completeExceptionally(new FollowerException(
                    partition.topic() + " can't be followed any more: " + e
                            + ". What is served would be unknown, so it must be started anew",
                    e));
        }
    }

    private void poll() throws InterruptedException {
        try {
            if (end < 0) {
                // before the first fetch: at the end of the topic an answer waits for that
                end = end();
            }
            @Nullable Champion last = null;
            for (var record : consumer.poll(known ? POLL : SHORT)) {
                var read = record.value() == null ? null : read(record);
                last = read == null ? last : read;
            }
            if (last != null) {
                take(last);
            }
            if (!known && (end == 0 || consumer.position(partition) >= end)) {
                begin();
            }
            name();
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            log.atWarn()
                    .addKeyValue("topic", partition.topic())
                    .setCause(e)
                    .log("what serves can't be read now: trying again");
            closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /// Where the topic ends; 0 where there is none, as without a gate.
    private long end() {
        var infos = consumer.partitionsFor(partition.topic());
        if (infos == null || infos.isEmpty()) {
            return 0;
        }
        return Objects.requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
    }

    private synchronized void begin() {
        known = true;
        show();
    }

    /// Null where it can't be read: what was read before it goes on.
    private @Nullable Champion read(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Wire.decode(Champion.getDecoder(), record.value());
        } catch (IllegalArgumentException broken) {
            unreadable.incrementAndGet();
            log.atError()
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("reason", broken.getMessage())
                    .log("champion refused");
            return null;
        }
    }

    private void take(Champion wanted) {
        @Nullable Follower unneeded;
        synchronized (this) {
            unneeded = next;
            next = null;
            champion = wanted;
            named = null;
            if (unneeded != null && isOf(unneeded, wanted.getLineage())) {
                next = unneeded;
                unneeded = null;
            } else if (!isOf(follower, wanted.getLineage())) {
                next = follow(wanted.getLineage());
            }
            show();
        }
        if (unneeded != null) {
            unneeded.close();
        }
        log.atInfo()
                .addKeyValue("lineage", wanted.getLineage())
                .addKeyValue("mode", wanted.getMode())
                .addKeyValue("version", wanted.getVersion())
                .addKeyValue("why", wanted.getWhy())
                .log("champion");
    }

    private boolean isOf(Follower followed, String lineage) {
        return followed.topic().equals(spec.topic(lineage, "versions"));
    }

    /// Fetches the version by its number that should serve, if it is not at hand; tried again at every poll.
    private void name() {
        Champion wanted;
        synchronized (this) {
            wanted = champion;
            if (wanted.getVersion() == null || named != null) {
                return;
            }
        }
        var lineage = wanted.getLineage();
        var found = KeptVersions.find(
                client, spec.topic(lineage, "kept"), spec.topic(lineage, "versions"), wanted.getVersion());
        synchronized (this) {
            named = found.orElse(null);
            show();
        }
        if (found.isEmpty()) {
            log.atError()
                    .addKeyValue("version", lineage + "/" + wanted.getVersion())
                    .log("the version that should serve is not to be found: the last one goes on serving");
        }
    }

    /// Told by the followers, on their threads.
    private void swapped(Model model) {
        @Nullable Follower old = null;
        synchronized (this) {
            if (next != null && model.manifest().getLineage().equals(champion.getLineage())) {
                old = follower;
                follower = next;
                next = null;
            }
            show();
        }
        if (old != null) {
            old.close();
        }
    }

    /// Makes current what should be, if it is there.
    private synchronized void show() {
        if (!known) {
            return;
        }
        var newest = next == null ? follower.current() : null;
        var model = champion.getVersion() == null ? newest : named;
        if (model != null && !model.equals(current)) {
            current = model;
            swaps.incrementAndGet();
            listener.swapped(model);
        }
    }

    /// Ends the threads and waits for them. What is current stays so.
    @Override
    public void close() {
        closed.countDown();
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        @Nullable Follower other;
        synchronized (this) {
            other = next;
        }
        if (other != null) {
            other.close();
        }
        follower.close();
    }
}
