package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.broker.EmbeddedBroker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A broker in a JVM of its own, to be killed at any instant and started again on the same port and data.
public final class BrokerProcess implements AutoCloseable {
    private final Path directory;
    private final List<String> options;
    private Process process;
    private String bootstrapServers;

    private BrokerProcess(Path directory, List<String> options) {
        this.directory = directory;
        this.options = options;
        launch("0");
    }

    /// Starts a broker on a free port, and returns when it answers.
    public static BrokerProcess start(Path directory) {
        // It lives for seconds: no time to pay for the best compiler.
        return new BrokerProcess(directory, List.of("-XX:TieredStopAtLevel=1"));
    }

    /// The same for a broker that is measured.
    public static BrokerProcess startCompiled(Path directory) {
        return new BrokerProcess(directory, List.of());
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    /// Ends the process as a power failure would (SIGKILL), and returns when it is gone.
    public void kill() {
        process.destroyForcibly();
        await(process);
    }

    /// Lets it hang (SIGSTOP): its connections stay open, and nothing answers.
    public void freeze() {
        signal("STOP");
    }

    /// Lets it go on after [#freeze] (SIGCONT).
    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            await(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Starts it again, after [#kill] or [#stop], where it was.
    public void restart() {
        launch(bootstrapServers.substring(bootstrapServers.lastIndexOf(':') + 1));
    }

    /// Stops the broker in an orderly way.
    public void stop() {
        try {
            process.getOutputStream().close(); // see main
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await(process);
    }

    @Override
    public void close() {
        kill();
    }

    private void launch(String port) {
        try {
            process = new ProcessBuilder(command(port))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            bootstrapServers = firstLine(process.inputReader(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> command(String port) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerProcess.class.getName(),
                directory.toString(),
                port));
        return command;
    }

    private static String firstLine(BufferedReader output) throws IOException {
        var line = output.readLine();
        if (line == null) {
            throw new IllegalStateException("the broker's process ended before it was ready: see its error output");
        }
        return line;
    }

    private static void await(Process process) {
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the broker's process did not end in 30 s");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Prints the bootstrap servers when ready, and runs until its input ends, as it also does when the parent dies.
    public static void main(String[] arguments) throws IOException {
        try (var broker = EmbeddedBroker.start(Path.of(arguments[0]), Integer.parseInt(arguments[1]))) {
            System.out.println(broker.bootstrapServers());
            while (System.in.read() >= 0) {}
        }
        System.exit(0);
    }
}
