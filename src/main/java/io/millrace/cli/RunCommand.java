package io.millrace.cli;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.role.Topics;
import io.millrace.role.TrainRole;
import io.millrace.serve.ServeConfig;
import io.millrace.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

@Command(name = "run", description = "Runs roles of a model in this process until it is stopped.")
final class RunCommand implements Callable<Integer> {
    private static final long HEAP = Runtime.getRuntime().maxMemory();

    @Option(
            names = "--roles",
            paramLabel = "ROLE",
            split = ",",
            defaultValue = "split,train,gate,score,serve",
            description = "Of ${COMPLETION-CANDIDATES}, with commas between (default: all).")
    private List<RoleName> names;

    @Option(names = "--embedded", description = "Starts a Kafka broker in this process, for this machine only.")
    private boolean embedded;

    @Mixin
    private SpecOptions model;

    @Mixin
    private LineageOptions lineages;

    @Mixin
    private ClientOptions client;

    @Mixin
    private BrokerOptions broker;

    @Mixin
    private RoleOptions options;

    @Mixin
    private KernelOptions kernel;

    @Mixin
    private ServerOptions server;

    @picocli.CommandLine.Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        var spec = model.spec(names.contains(RoleName.TRAIN) ? read -> TrainRole.checkMemory(read, HEAP) : _ -> {});
        if (embedded && client.isGiven()) {
            throw CommandException.wrong("--embedded and a broker elsewhere were given: expected one of them");
        }
        var elsewhere = embedded ? Map.<String, Object>of() : client.properties();
        var lineage = lineages.lineage();
        options.check();
        if (names.contains(RoleName.TRAIN)) {
            var _ = kernel.choice(spec); // before topics are made
        }
        var serve = names.contains(RoleName.SERVE) ? server.free() : server.config();
        try (var stop = new Stop(command.commandLine().getErr());
                var own = embedded ? broker.start() : null) {
            var properties =
                    own == null ? elsewhere : Map.<String, Object>of("bootstrap.servers", own.bootstrapServers());
            return run(spec, lineage, properties, serve, stop);
        }
    }

    private int run(Spec spec, String lineage, Map<String, Object> properties, ServeConfig serve, Stop stop) {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var settings = options.settings(properties, lineage, registry, embedded ? broker.data() : null);
        try (var kafka = new Broker(properties)) {
            makeTopics(kafka, spec, lineage);
            if (names.contains(RoleName.TRAIN)) {
                settings = settings.withKernel(
                        kernel.choice(spec, command.commandLine().getErr()));
            }
            return new LineageRun(
                            kafka, spec, settings, names, command.commandLine().getErr())
                    .run(serve, registry, stop);
        }
    }

    private void makeTopics(Broker kafka, Spec spec, String lineage) {
        var made = new ArrayList<String>();
        if (names.stream().anyMatch(RoleName::readsEvents)) {
            made.addAll(Topics.ensureEvents(kafka.admin(), spec, 1, Map.of()));
        }
        made.addAll(Topics.ensure(kafka.admin(), spec, lineage, RoleName.topics(names)));
        if (!made.isEmpty()) {
            command.commandLine().getErr().println("made topics " + String.join(", ", made));
        }
    }
}
