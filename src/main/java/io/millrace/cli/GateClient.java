package io.millrace.cli;

import io.millrace.event.Wire;
import io.millrace.schema.Command;
import io.millrace.schema.Decision;
import io.millrace.spec.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Puts commands to the gate and hears its decisions.
record GateClient(Map<String, Object> client, Spec spec) {
    /// @return the decision that answers
    /// @throws CommandException if none comes in time
    Decision ask(Command.Builder builder, Duration patience) {
        var command = builder.setId(UUID.randomUUID().toString()).build();
        try (var _ = new Broker(client);
                var decisions = new TopicReader(client, spec.topic("decisions"))) {
            decisions.seekToEnd();
            send(command);
            var answer = new ArrayList<Decision>(1);
            decisions.await(patience, record -> {
                var decision = Wire.decode(Decision.getDecoder(), record.value());
                if (command.getId().equals(decision.getCommand())) {
                    answer.add(decision);
                }
                return answer.isEmpty();
            });
            if (answer.isEmpty()) {
                throw CommandException.failed("no gate answered within " + patience.toSeconds()
                        + " s: expected a process that runs the role gate of " + spec.model()
                        + "\n  The command stays in " + spec.topic("commands")
                        + ": a gate that starts later obeys it.");
            }
            return answer.getFirst();
        }
    }

    private void send(Command command) {
        var properties = new HashMap<>(client);
        try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            spec.topic("commands"), 0, null, Wire.encode(Command.getEncoder(), command)))
                    .get();
        } catch (ExecutionException e) {
            throw CommandException.failed(spec.topic("commands") + " can't be written: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandException.failed("interrupted while waiting for the broker", e);
        }
    }
}
