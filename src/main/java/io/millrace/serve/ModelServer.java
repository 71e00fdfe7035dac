package io.millrace.serve;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.model.Model;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.function.Supplier;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/// The HTTP server: it answers with whatever version is current when a request comes, under the spec that this version
/// carries.
public final class ModelServer implements AutoCloseable {
    /// How long requests under way may take once the server closes; a container is killed after 30 seconds (contract
    /// S1).
    private static final Duration GRACE = Duration.ofSeconds(10);

    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final int THREADS = 64;

    private final Server server;
    private final ServerConnector connector;
    private final int port;

    /// Starts to answer.
    ///
    /// @param current the newest whole version, or null before the first
    /// @throws ServeException if it can't listen there, such as `serve.port = 8080 is in use: …`
    public ModelServer(ServeConfig config, Supplier<@Nullable Model> current, PrometheusMeterRegistry registry) {
        var threads = new QueuedThreadPool(THREADS);
        threads.setName("serve");
        server = new Server(threads);
        connector = new ServerConnector(server, new HttpConnectionFactory(http()));
        connector.setHost(config.host());
        connector.setPort(config.port());
        connector.setIdleTimeout(IDLE.plus(config.deadline()).toMillis()); // a body's deadline comes first
        server.addConnector(connector);

        var metrics = new ServeMetrics(registry, current);
        var invocations = new Invocations(config, metrics, Runtime.getRuntime().maxMemory() / 4);
        server.setHandler(new GracefulHandler(new Routes(invocations, metrics, current)));
        server.setErrorHandler(new ProblemPages());
        server.setStopTimeout(GRACE.toMillis());
        start(config);
        port = connector.getLocalPort();
    }

    /// The port it listens on, also where 0 was asked for.
    public int port() {
        return port;
    }

    /// Takes no more requests, ends those under way, then stops.
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new ServeException("the server did not stop: " + e.getMessage(), e);
        }
    }

    private void start(ServeConfig config) {
        try {
            connector.open();
            server.start();
        } catch (Exception e) {
            close();
            throw new ServeException(why(e, config), e);
        }
    }

    private static String why(Exception failure, ServeConfig config) {
        if (failure.getCause() instanceof BindException bind
                && String.valueOf(bind.getMessage()).contains("in use")) {
            return "serve.port = " + config.port() + " is in use: another process listens on " + config.host() + ":"
                    + config.port() + ". Stop it, or choose another port (0 takes a free one)";
        }
        if (failure instanceof IOException) {
            return "serve.host = " + config.host() + ", serve.port = " + config.port() + " can't be listened on: "
                    + failure.getMessage();
        }
        return "the server did not start: " + failure;
    }

    private static HttpConfiguration http() {
        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        return http;
    }
}
