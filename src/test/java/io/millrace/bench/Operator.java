package io.millrace.bench;

import io.millrace.event.Wire;
import io.millrace.model.Committed;
import io.millrace.schema.Command;
import io.millrace.schema.CommandKind;
import io.millrace.schema.Decision;
import io.millrace.schema.DecisionKind;
import io.millrace.spec.Spec;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Sends commands to the gate and reads its decisions, one consumer and one producer for all of them.
final class Operator implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final Spec spec;
    private final KafkaProducer<byte[], byte[]> commands;
    private final KafkaConsumer<byte[], byte[]> decisions;

    /// A command that was obeyed.
    ///
    /// @param sent nanoseconds of the clock when the command was handed to the producer
    /// @param decided nanoseconds of the clock when a reader of committed records had the decision
    record Obeyed(Decision decision, long sent, long decided) {}

    Operator(BenchBroker broker, Spec spec) {
        this.spec = spec;
        commands = broker.producer();
        decisions = Committed.consumer(broker.client(), "earliest");
        decisions.assign(List.of(new TopicPartition(spec.topic("decisions"), 0)));
    }

    /// Returns when the gate has decided.
    ///
    /// @throws IllegalStateException if it refuses
    Obeyed command(CommandKind kind, String lineage, String blocks, @Nullable Long version) {
        var id = UUID.randomUUID().toString();
        var command = Command.newBuilder()
                .setId(id)
                .setKind(kind)
                .setLineage(lineage)
                .setBlocks(blocks)
                .setVersion(version)
                .setBy("bench")
                .setWhy("to measure")
                .build();
        var sent = System.nanoTime();
        var _ = commands.send(
                new ProducerRecord<>(spec.topic("commands"), 0, null, Wire.encode(Command.getEncoder(), command)));
        while (true) {
            for (var record : decisions.poll(POLL)) {
                var decision = Wire.decode(Decision.getDecoder(), record.value());
                if (id.equals(decision.getCommand())) {
                    if (decision.getKind() == DecisionKind.REFUSE) {
                        throw new IllegalStateException(kind + " refused: " + decision.getWhy());
                    }
                    return new Obeyed(decision, sent, System.nanoTime());
                }
            }
        }
    }

    /// Returns when the gate has decided something of this kind by itself.
    void await(DecisionKind kind) {
        while (true) {
            for (var record : decisions.poll(POLL)) {
                if (Wire.decode(Decision.getDecoder(), record.value()).getKind() == kind) {
                    return;
                }
            }
        }
    }

    @Override
    public void close() {
        commands.close();
        decisions.close();
    }
}
