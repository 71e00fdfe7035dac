package io.millrace.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.event.Wire;
import io.millrace.kafka.TestBroker;
import io.millrace.model.ChampionFollower;
import io.millrace.schema.Champion;
import io.millrace.schema.Command;
import io.millrace.schema.CommandKind;
import io.millrace.schema.Decision;
import io.millrace.schema.Judgement;
import io.millrace.spec.Spec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// Split, train, gate and a follower of the champion, in this process on the shared broker; events go in step by step,
/// so that what the gate sees does not depend on how fast the machine is.
public final class GatedRoles implements AutoCloseable {
    private static final String SERVERS = TestBroker.bootstrapServers();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    public final Spec spec;
    public final ChampionFollower serving;
    final GateRole gate;
    private final LiveRoles roles;

    public GatedRoles(Spec spec, Path dir) {
        this.spec = spec;
        Map<String, Object> client = Map.of("bootstrap.servers", SERVERS);
        roles = new LiveRoles(SERVERS, spec, "main", dir);
        gate = new GateRole(spec, RoleSettings.of(client, "main", dir, new SimpleMeterRegistry()));
        gate.start();
        serving = new ChampionFollower(client, spec, "main", _ -> {});
    }

    /// Produces some events and waits until they are learned, judged, and the version that has learned them serves or
    /// could.
    public void learn(List<byte[]> events) {
        TestBroker.produceAll(events.stream()
                .map(event -> new ProducerRecord<byte[], byte[]>(spec.events().topic(), 0, null, event))
                .toList());
        Progress.awaitLearned(SERVERS, spec, "main");
        var last = Progress.lastBlock(SERVERS, spec.topic("main", "validation"));
        await("every block judged").untilAsserted(() -> {
            assertThat(gate.progress().snapshot().blockOffsets().getOrDefault("main", 0L))
                    .isGreaterThan(last);
        });
    }

    public Champion champion() {
        return gate.progress().snapshot().champion();
    }

    /// Sends a command and waits for the decision that answers it.
    Decision command(CommandKind kind, @Nullable Long version, String why) {
        return command(Command.newBuilder()
                .setId(UUID.randomUUID().toString())
                .setKind(kind)
                .setVersion(version)
                .setBy("a test")
                .setWhy(why)
                .build());
    }

    /// Sends a command to the gate of a model.
    public static void send(Spec spec, Command command) {
        TestBroker.produceAll(List.of(
                new ProducerRecord<>(spec.topic("commands"), 0, null, Wire.encode(Command.getEncoder(), command))));
    }

    Decision command(Command command) {
        send(spec, command);
        return Awaitility.await("an answer")
                .atMost(PATIENCE)
                .until(
                        () -> decisions().stream()
                                .filter(decision -> command.getId().equals(decision.getCommand()))
                                .findFirst()
                                .orElse(null),
                        found -> found != null);
    }

    public List<Decision> decisions() {
        return TestBroker.readAll(spec.topic("decisions")).stream()
                .map(record -> Wire.decode(Decision.getDecoder(), record.value()))
                .toList();
    }

    List<Judgement> judgements() {
        return TestBroker.readAll(spec.topic("judgements")).stream()
                .map(record -> Wire.decode(Judgement.getDecoder(), record.value()))
                .toList();
    }

    long validated() {
        return judgements().stream().mapToLong(Judgement::getCount).sum();
    }

    public static org.awaitility.core.ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(50));
    }

    @Override
    public void close() {
        serving.close();
        gate.close();
        roles.close();
    }
}
