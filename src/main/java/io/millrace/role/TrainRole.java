package io.millrace.role;

import io.millrace.learn.Trainer;
import io.millrace.model.Publisher;
import io.millrace.spec.Spec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/// The trainer: blocks in, versions and metrics out. One active task; further instances stand by. The blocks may be
/// those
/// of another lineage with the same examples ([RoleSettings#blocks]); all that is written is its own lineage's.
///
/// ```
/// train ──▶ learn ──▶ cells (state, its changelog)
///             │
///             ├─ at commits, by the hook ──▶ versions, metrics
///             └──▶ metrics (one that starts the commit of an idle stream)
/// ```
public final class TrainRole implements AutoCloseable {
    private static final long MEBI = 1 << 20;
    private static final long OTHER_BYTES = 64 * MEBI;

    private final TrainProgress progress;
    private final VersionRetention retention;
    private final StreamsRole role;

    public TrainRole(Spec spec, RoleSettings settings) {
        this(spec, settings, Probe.NONE);
    }

    TrainRole(Spec spec, RoleSettings settings, Probe probe) {
        var lineage = settings.lineage();
        var application = spec.topic(lineage, "train");
        var log = TrainLog.of(spec, settings);
        var reset = Offsets.reset(settings.client(), application, List.of(log.topic()));
        var topicId = Offsets.topicId(settings.client(), log.topic());
        progress = new TrainProgress(spec, lineage, settings.meters());
        retention = new VersionRetention(settings.client(), spec.topic(lineage, "versions"));
        // blocks are large: few of them fill a buffer
        var overrides = Map.<String, Object>of(
                StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG),
                100,
                StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG,
                200);
        role = new StreamsRole(
                application,
                settings,
                reset,
                overrides,
                probe,
                UnaryOperator.identity(),
                hook -> topology(
                        log.topic(),
                        new MemoryStoreBuilder<>(
                                CellStore.NAME,
                                () -> new CellStore(spec, lineage, log.topic(), topicId, settings.kernel())),
                        spec.topic(lineage, "metrics"),
                        () -> new TrainStep(spec, settings, log, hook, probe, progress, retention)));
    }

    /// Whether a trainer fits into a heap. It needs, in bytes:
    ///
    /// - 4 · 2^bits a float of a cell, and a few a page ([Trainer#bytes]);
    /// - 4 · 2^bits a parameter of a cell for those last published, as much and 2^bits for a keyframe of all
    ///   ([Publisher#bytes]);
    /// - 64 MiB for what waits to be sent and all else.
    ///
    /// Asked before anything starts: an error would come only at the keyframe of a full table, perhaps days later.
    ///
    /// @throws IllegalArgumentException if not, with what is needed and what there is
    public static void checkMemory(Spec spec, long heap) {
        var needed = Trainer.bytes(spec.learn()) + Publisher.bytes(spec.learn()) + OTHER_BYTES;
        if (needed > heap) {
            throw new IllegalArgumentException("learn.bits = " + spec.learn().bits() + " needs " + mebi(needed)
                    + " of heap: expected at most the " + mebi(heap) + " that this JVM has"
                    + "\nSet fewer bits, or give it more memory, as with MILLRACE_OPTS=-Xmx"
                    + (needed + MEBI - 1) / MEBI + "m.");
        }
    }

    private static String mebi(long bytes) {
        return bytes / MEBI + " MiB";
    }

    /// @param train the topic of blocks
    /// @param metrics the topic of metrics
    static Topology topology(
            String train,
            StoreBuilder<CellStore> store,
            String metrics,
            java.util.function.Supplier<Processor<byte[], byte[], byte[], byte[]>> step) {
        return new Topology()
                .addSource("train", train)
                .addProcessor(
                        "learn",
                        new ProcessorSupplier<byte[], byte[], byte[], byte[]>() {
                            @Override
                            public Processor<byte[], byte[], byte[], byte[]> get() {
                                return step.get();
                            }

                            @Override
                            public Set<StoreBuilder<?>> stores() {
                                return Set.of(store);
                            }
                        },
                        "train")
                // the commit hook sends metrics; Streams itself only one that must begin a transaction
                .addSink("metrics", metrics, "learn");
    }

    public void start() {
        role.start();
    }

    public boolean running() {
        return role.running();
    }

    public TrainProgress progress() {
        return progress;
    }

    /// Completes exceptionally with a [RoleException] when the role has given up.
    public CompletableFuture<Void> failure() {
        return role.failure();
    }

    @Override
    public void close() {
        role.close();
        retention.close();
    }
}
