package io.millrace.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/// `millrace` in a process of its own, as a user starts it.
public final class CliProcess implements AutoCloseable {
    private static final Duration GOING = Duration.ofSeconds(30);
    private static final Pattern PORT = Pattern.compile("listening on port (\\d+)");

    private final Process process;
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Thread reader;

    CliProcess(List<String> arguments) throws IOException {
        this(Path.of("."), arguments);
    }

    CliProcess(Path directory, List<String> arguments) throws IOException {
        this(directory, List.of("-Xmx1g"), Main.class, arguments);
    }

    /// Soon there, as a role needs: compiled once.
    ///
    /// @param main a class that makes something of the process before it becomes `millrace`
    public CliProcess(Class<?> main, List<String> arguments) throws IOException {
        this(Path.of("."), List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"), main, arguments);
    }

    private CliProcess(Path directory, List<String> options, Class<?> main, List<String> arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath(),
                main.getName()));
        command.addAll(arguments);
        process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        reader = new Thread(this::read, "millrace-output");
        reader.setDaemon(true);
        reader.start();
    }

    private static String classPath() {
        var separator = System.getProperty("path.separator");
        return String.join(
                separator,
                Pattern.compile(Pattern.quote(separator))
                        .splitAsStream(System.getProperty("java.class.path"))
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .toList());
    }

    private void read() {
        try (var output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            output.lines().forEach(lines::add);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Tells it a line on standard input.
    public void say(String line) throws IOException {
        var out = process.getOutputStream();
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /// What it has printed so far.
    public String output() {
        return String.join("\n", lines);
    }

    /// Waits until the server says where it listens.
    int awaitPort() {
        return Integer.parseInt(awaitMatch(PORT, 60).group(1));
    }

    /// Waits for the first match of a pattern in what it prints.
    ///
    /// @throws IllegalStateException if it ends without one
    public MatchResult awaitMatch(Pattern pattern, long seconds) {
        return Awaitility.await(pattern.pattern())
                .atMost(seconds, TimeUnit.SECONDS)
                .until(() -> match(pattern), Optional::isPresent)
                .orElseThrow();
    }

    private Optional<MatchResult> match(Pattern pattern) throws InterruptedException {
        var ended = !process.isAlive();
        if (ended) {
            awaitRead();
        }
        var found = pattern.matcher(output());
        if (found.find()) {
            return Optional.of(found.toMatchResult());
        }
        if (ended) {
            throw new IllegalStateException("millrace ended:\n" + output());
        }
        return Optional.empty();
    }

    /// Waits for its end.
    ///
    /// @return its exit code
    public int await(long seconds) throws InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            throw new IllegalStateException("millrace is still running after " + seconds + " s:\n" + output());
        }
        awaitRead();
        return process.exitValue();
    }

    /// Waits until all that it printed is read, as far as nobody whom it started holds its output.
    private void awaitRead() throws InterruptedException {
        reader.join(GOING);
    }

    /// Whether it still runs.
    boolean isAlive() {
        return process.isAlive();
    }

    /// Ctrl-C: SIGINT, which Java itself can't send.
    void interrupt() throws IOException, InterruptedException {
        var sent = new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (sent != 0) {
            throw new IllegalStateException("kill -INT " + process.pid() + " ended with " + sent);
        }
    }

    /// SIGKILL, and waits for the end.
    void kill() throws InterruptedException {
        if (!process.destroyForcibly().waitFor(GOING)) {
            throw new IllegalStateException("millrace was killed, and is there after " + GOING + ":\n" + output());
        }
    }

    @Override
    public void close() throws IOException {
        process.toHandle().destroyForcibly();
    }
}
