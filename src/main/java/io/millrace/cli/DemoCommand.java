package io.millrace.cli;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.role.RoleSettings;
import io.millrace.role.Topics;
import io.millrace.serve.ServeConfig;
import io.millrace.spec.Spec;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        description = {
            "Learns a million real flights from a Kafka broker of its own, and answers questions about the next one.",
            "It catches up on all but the last day, then streams that day sped up, until it is stopped. A second start goes on where it stopped."
        })
final class DemoCommand implements Callable<Integer> {
    @Option(
            names = "--speed",
            paramLabel = "X",
            defaultValue = "60",
            description = "How much faster than it happened the last day goes by (default: ${DEFAULT-VALUE}).")
    private double speed;

    @Option(names = "--until-caught-up", description = "Ends once all but the last day is learned and published.")
    private boolean untilCaughtUp;

    @Mixin
    private BrokerOptions broker;

    @Mixin
    private ServerOptions server;

    @picocli.CommandLine.Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        if (!(speed > 0)) {
            throw CommandException.wrong("--speed = " + speed + " is out of range: expected more than 0");
        }
        var spec = Flights.spec();
        var serve = server.free();
        var out = command.commandLine().getOut();
        try (var stop = new Stop(command.commandLine().getErr());
                var own = broker.start()) {
            var client = Map.<String, Object>of("bootstrap.servers", own.bootstrapServers());
            out.println("broker      " + own.bootstrapServers() + ", data in " + broker.data());
            out.flush();
            var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            var settings = RoleSettings.of(client, "main", broker.data().resolve("state"), registry);
            try (var kafka = new Broker(client)) {
                Topics.ensureEvents(kafka.admin(), spec, 1, Map.of());
                Topics.ensure(kafka.admin(), spec, "main");
                var names = EnumSet.allOf(RoleName.class);
                try (var watch = new LineageWatch(client, spec, "main", names);
                        var roles = start(names, watch, spec, settings, serve, registry)) {
                    roles.failure().exceptionally(_ -> {
                        stop.want();
                        return null;
                    });
                    out.println("server      http://localhost:" + roles.httpPort());
                    out.flush();
                    new Demo(spec, client, kafka, roles, names, watch, stop, command.commandLine())
                            .run(broker.data(), speed, untilCaughtUp);
                    return LineageRun.end(roles);
                }
            }
        }
    }

    private Roles start(
            Set<RoleName> names,
            LineageWatch watch,
            Spec spec,
            RoleSettings settings,
            ServeConfig serve,
            PrometheusMeterRegistry registry) {
        watch.drop(names, command.commandLine().getErr()::println);
        return Roles.start(names, spec, settings, serve, registry);
    }
}
