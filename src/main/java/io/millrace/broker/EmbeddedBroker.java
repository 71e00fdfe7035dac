package io.millrace.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/// One Kafka node in this process: KRaft, broker and controller at once, reachable from this machine only.
///
/// Its data stay in its directory, so that a broker started there again goes on. The broker's port may change from
/// start to start and so does the controller's: with static voters Kafka stores who votes, not where.
///
/// **Transactions outlive kills.** Kafka 4.3.1 forgets the markers of a transaction that ends while a partition has no
/// leader: it takes the partition for deleted (KAFKA-20734), and what was written there joins the producer's *next*
/// transaction. Leaders go where the controller gives a broker up. So it never does here: not a silent one, within
/// [#SILENCE], and not a killed one, which it knows from its log as alive: that one is removed from the log first, by a
/// controller of its own (`TransactionKillIT`).
public final class EmbeddedBroker implements AutoCloseable {
    /// What it listens on.
    public static final String HOST = "127.0.0.1";

    /// For how long a node that stands still (a debugger, a suspended machine) keeps its partitions.
    static final Duration SILENCE = Duration.ofMinutes(10);

    private static final int NODE = 1;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final int port;
    private final DirectoryLock lock;
    private final KafkaRaftServer server;

    private EmbeddedBroker(int port, DirectoryLock lock, KafkaRaftServer server) {
        this.port = port;
        this.lock = lock;
        this.server = server;
    }

    /// Starts a broker with Kafka's own settings but for those that make it small and quick.
    ///
    /// @see #start(Path, int, Map)
    public static EmbeddedBroker start(Path directory, int port) {
        return start(directory, port, Map.of());
    }

    /// Starts a broker, and returns when it answers.
    ///
    /// @param directory where its data are, or will be; made if it is missing
    /// @param port of the loopback address; 0 takes a free one
    /// @param settings of Kafka, over ours
    /// @throws BrokerException if the port or the directory is in use, or if Kafka doesn't start
    public static EmbeddedBroker start(Path directory, int port, Map<String, String> settings) {
        var lock = DirectoryLock.acquire(directory);
        try {
            var ports = freePorts(port);
            if (!format(directory) && !wasClosed(directory)) {
                removeKilled(directory, ports.controller());
            }
            var config = KafkaConfig.fromProps(properties(directory, ports, settings), false);
            var server = new KafkaRaftServer(config, Time.SYSTEM);
            startUp(server);
            return new EmbeddedBroker(ports.broker(), lock, server);
        } catch (BrokerException e) {
            lock.close();
            throw e;
        } catch (Exception e) {
            lock.close();
            throw new BrokerException("the embedded broker can't start in " + directory + ": " + e.getMessage(), e);
        }
    }

    /// What clients connect to, as `host:port`.
    public String bootstrapServers() {
        return HOST + ":" + port;
    }

    /// Stops the broker in an orderly way: the next start has nothing to repair.
    @Override
    public void close() {
        try {
            server.shutdown();
            server.awaitShutdown();
        } finally {
            lock.close();
        }
    }

    private static void startUp(KafkaRaftServer server) {
        try {
            server.startup();
        } catch (RuntimeException e) {
            server.shutdown();
            throw e;
        }
    }

    /// Gives a new directory its cluster id; one that has it keeps it.
    ///
    /// @return whether it is new
    private static boolean format(Path directory) throws Exception {
        if (Files.exists(directory.resolve("meta.properties"))) {
            return false;
        }
        new Formatter()
                .setNodeId(NODE)
                .setClusterId(Uuid.randomUuid().toString())
                .setControllerListenerName("CONTROLLER")
                .addDirectory(directory.toString())
                .setMetadataLogDirectory(directory.toString())
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
                .run();
        return true;
    }

    /// Whether the broker of a directory was stopped in an orderly way: the controller then knows that it is gone.
    private static boolean wasClosed(Path directory) {
        return Files.exists(directory.resolve(".kafka_cleanshutdown"));
    }

    /// Takes the broker that was killed out of the metadata, so that no partition has a leader when the broker comes:
    /// they all get it at once, when it can lead.
    static void removeKilled(Path directory, int port) throws Exception {
        var address = HOST + ":" + port;
        var properties = node(directory, address);
        properties.putAll(Map.of(
                "process.roles", "controller",
                "listeners", "CONTROLLER://" + address,
                "listener.security.protocol.map", "CONTROLLER:PLAINTEXT"));
        var controller = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
        startUp(controller);
        try (var admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_CONTROLLERS_CONFIG, address))) {
            unregister(admin);
        } finally {
            controller.shutdown();
            controller.awaitShutdown();
        }
    }

    /// A start that was killed may have removed it already. A controller that has just started may not know yet what
    /// it can do.
    private static void unregister(Admin admin) throws Exception {
        var giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                admin.unregisterBroker(NODE).all().get();
                return;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof BrokerIdNotRegisteredException) {
                    return;
                }
                if (!(e.getCause() instanceof UnsupportedVersionException) || System.nanoTime() > giveUp) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private record Ports(int broker, int controller) {}

    /// Both sockets are open at the same time, so the two ports differ; between here and Kafka's own bind another
    /// process might still take one.
    private static Ports freePorts(int port) throws IOException {
        var loopback = InetAddress.ofLiteral(HOST);
        try (var broker = bind(loopback, port);
                var controller = new ServerSocket(0, 1, loopback)) {
            return new Ports(broker.getLocalPort(), controller.getLocalPort());
        }
    }

    private static ServerSocket bind(InetAddress loopback, int port) {
        try {
            return new ServerSocket(port, 1, loopback);
        } catch (IOException e) {
            throw new BrokerException(
                    "broker.port = " + port + " is in use: expected a port of " + HOST
                            + " that no other program listens on, or 0 for any",
                    e);
        }
    }

    private static Properties properties(Path directory, Ports ports, Map<String, String> settings) {
        var broker = "PLAINTEXT://" + HOST + ":" + ports.broker();
        var controller = HOST + ":" + ports.controller();
        var properties = node(directory, controller);
        properties.putAll(Map.of(
                "process.roles", "broker,controller",
                "listeners", broker + ",CONTROLLER://" + controller,
                "advertised.listeners", broker,
                "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "inter.broker.listener.name", "PLAINTEXT"));
        properties.putAll(SMALL);
        properties.putAll(settings);
        return properties;
    }

    /// What the node is, whatever part it takes.
    private static Properties node(Path directory, String controller) {
        var properties = new Properties();
        properties.putAll(Map.of(
                "node.id",
                Integer.toString(NODE),
                "controller.quorum.voters",
                NODE + "@" + controller,
                "controller.listener.names",
                "CONTROLLER",
                "log.dirs",
                directory.toString()));
        return properties;
    }

    /// One node, few topics, little memory, no waiting.
    private static final Map<String, String> SMALL = Map.ofEntries(
            Map.entry("auto.create.topics.enable", "false"),
            Map.entry("offsets.topic.num.partitions", "4"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("transaction.state.log.num.partitions", "4"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("share.coordinator.state.topic.num.partitions", "1"),
            Map.entry("share.coordinator.state.topic.replication.factor", "1"),
            Map.entry("share.coordinator.state.topic.min.isr", "1"),
            // A group of one starts at once.
            Map.entry("group.initial.rebalance.delay.ms", "0"),
            Map.entry("broker.session.timeout.ms", Long.toString(SILENCE.toMillis())),
            Map.entry("broker.heartbeat.interval.ms", "500"),
            // The transaction of a killed process keeps readers waiting until it is aborted.
            Map.entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000"),
            // What deleteRecords gave up leaves the disk within seconds.
            Map.entry("log.initial.task.delay.ms", "1000"),
            Map.entry("log.retention.check.interval.ms", "10000"),
            Map.entry("log.segment.delete.delay.ms", "1000"),
            Map.entry("log.cleaner.backoff.ms", "1000"),
            // 16 MiB hold the offsets of 600,000 keys a pass; Kafka's default is 128 MiB.
            Map.entry("log.cleaner.dedupe.buffer.size", "16777216"),
            Map.entry("num.network.threads", "2"),
            Map.entry("num.io.threads", "4"));
}
