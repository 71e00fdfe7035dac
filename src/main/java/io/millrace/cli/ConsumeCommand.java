package io.millrace.cli;

import io.millrace.event.Wire;
import io.millrace.schema.DeadLetter;
import io.millrace.schema.Prediction;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

@Command(
        name = "consume",
        description = {
            "Prints the predictions of a model, a line each: event time, score, version, id of the event.",
            "Or the dead letters, the events that could not be used: record time, partition and offset, reason, and how the event begins."
        })
final class ConsumeCommand implements Callable<Integer> {
    @Option(names = "--follow", description = "Goes on with those to come, until stopped.")
    private boolean follow;

    @Option(names = "--dead-letters", description = "Prints the dead letters instead of the predictions.")
    private boolean deadLetters;

    @Mixin
    private MaxOptions max;

    @Option(names = "--latest", description = "Leaves out those that are there, with --follow.")
    private boolean latest;

    @Mixin
    private SpecOptions model;

    @Mixin
    private ClientOptions client;

    @picocli.CommandLine.Spec
    private CommandSpec command;

    private long most;
    private long shown;

    @Override
    public Integer call() {
        var topic = model.spec().topic(deadLetters ? "dead-letters" : "predictions");
        var properties = client.properties();
        most = max.most();
        try (var stop = new Stop(command.commandLine().getErr());
                var _ = new Broker(properties);
                var reader = new TopicReader(properties, topic)) {
            if (latest) {
                reader.seekToEnd();
            }
            if (follow) {
                reader.follow(stop, this::show);
            } else {
                reader.read(this::show);
            }
        }
        return 0;
    }

    private boolean show(ConsumerRecord<byte[], byte[]> record) {
        if (shown < most) {
            shown++;
            print(record.value(), command.commandLine().getOut());
        }
        return shown < most;
    }

    private void print(byte[] value, PrintWriter out) {
        out.println(
                deadLetters
                        ? DeadLetterText.of(Wire.decode(DeadLetter.getDecoder(), value))
                        : text(Wire.decode(Prediction.getDecoder(), value)));
        if (follow) {
            out.flush();
        }
    }

    private static String text(Prediction prediction) {
        return String.format(
                Locale.ROOT,
                "%s  %.5f  %s%s/%d  %s",
                Instant.ofEpochMilli(prediction.getTime()),
                prediction.getScore(),
                prediction.getLabel() == null ? "" : prediction.getLabel() + "  ",
                prediction.getLineage(),
                prediction.getVersion(),
                prediction.getId());
    }
}
