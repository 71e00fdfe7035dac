package io.millrace.role;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.spec.SpecReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A role in a process of its own that can be killed: [#main] is the child, an instance the parent's handle on it.
///
/// The child reports its progress on standard output, one line a fact, and may be told of one mark: a count of
/// processed records
/// after which it reports and goes on, or a moment in the n-th commit at which it reports and stays.
public final class RoleProcess implements AutoCloseable {
    /// What to run.
    public record Plan(
            String role,
            Path spec,
            String lineage,
            String blocks,
            String bootstrap,
            Path stateDir,
            int threads,
            int standbys) {
        public Plan(
                String role, Path spec, String lineage, String bootstrap, Path stateDir, int threads, int standbys) {
            this(role, spec, lineage, lineage, bootstrap, stateDir, threads, standbys);
        }

        /// The same with the blocks of another lineage.
        Plan withBlocks(String blocks) {
            return new Plan(role, spec, lineage, blocks, bootstrap, stateDir, threads, standbys);
        }
    }

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Process process;
    private final BlockingQueue<String> marks = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> failures = new LinkedBlockingQueue<>();
    private final Thread reader;

    /// First and last position reported, by partition: source offsets (split, score) or examples (train).
    public final Map<Integer, Long> first = new ConcurrentHashMap<>();
    public final Map<Integer, Long> last = new ConcurrentHashMap<>();

    public RoleProcess(Plan plan) throws IOException {
        this(plan, Map.of());
    }

    /// @param environment beside this one's
    RoleProcess(Plan plan, Map<String, String> environment) throws IOException {
        var command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                RoleProcess.class.getName(),
                plan.role(),
                plan.spec().toString(),
                plan.lineage(),
                plan.bootstrap(),
                plan.stateDir().toString(),
                Integer.toString(plan.threads()),
                Integer.toString(plan.standbys()),
                plan.blocks());
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        process = builder.start();
        reader = new Thread(this::read, plan.role() + "-output");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var words = line.split(" ", -1);
                switch (words[0]) {
                    case "at" -> {
                        var partition = Integer.valueOf(words[1]);
                        first.putIfAbsent(partition, Long.valueOf(words[2]));
                        last.put(partition, Long.valueOf(words[2]));
                    }
                    case "mark" -> marks.add(words[1]);
                    case "failure" ->
                        failures.add(line.substring("failure ".length()).replace('|', '\n'));
                    default -> System.err.println("child: " + line);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Asks for a report when `records` more records are processed.
    void armRecords(int records) throws IOException {
        say("records " + records);
    }

    /// Asks for a report at `moment` of the next commit that carries at least so many records; the child stays there.
    void armCommit(Probe.Moment moment, int records) throws IOException {
        say("commit " + moment + " " + records);
    }

    private void say(String line) throws IOException {
        var out = process.getOutputStream();
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /// Waits until the role gives up.
    ///
    /// @return why
    String awaitFailure() throws InterruptedException {
        var why = failures.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (why == null) {
            throw new IllegalStateException("it did not fail within " + PATIENCE + "; at " + last);
        }
        return why;
    }

    /// Waits until the child reports its mark.
    String awaitMark() throws InterruptedException {
        var mark = mark(PATIENCE);
        if (mark == null) {
            throw new IllegalStateException(
                    "no mark within " + PATIENCE + "; alive: " + process.isAlive() + ", at " + last);
        }
        return mark;
    }

    /// The mark that the child reports within a while, or null.
    @Nullable
    String mark(Duration within) throws InterruptedException {
        return marks.poll(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Lets the role close and leave its group; returns when the process is gone and all that it said is read.
    void stop() throws IOException, InterruptedException {
        say("stop");
        if (!process.waitFor(PATIENCE)) {
            throw new IllegalStateException("not stopped within " + PATIENCE + "; at " + last);
        }
        reader.join(PATIENCE);
        if (process.exitValue() != 0) {
            throw new IllegalStateException("stopped with " + process.exitValue());
        }
    }

    boolean alive() {
        return process.isAlive();
    }

    /// SIGKILL; returns when the process is gone and all that it said is read.
    public void kill() throws InterruptedException {
        // by its handle: Process.destroyForcibly would close the output before it is read
        process.toHandle().destroyForcibly();
        if (!process.waitFor(PATIENCE)) {
            throw new IllegalStateException("killed, and there after " + PATIENCE);
        }
        reader.join(PATIENCE);
    }

    @Override
    public void close() {
        process.toHandle().destroyForcibly();
    }

    /// The child.
    public static void main(String[] args) throws Exception {
        var spec = SpecReader.read(Path.of(args[1]));
        var settings = RoleSettings.of(
                        Map.of("bootstrap.servers", args[3]), args[2], Path.of(args[4]), new SimpleMeterRegistry())
                .withThreads(Integer.parseInt(args[5]))
                .withStandbys(Integer.parseInt(args[6]))
                .withBlocks(args[7])
                .withCommitEvery(Duration.ofMillis(100));
        var probe = new Reporter();
        AutoCloseable role = switch (args[0]) {
            case "split" -> {
                var split = new SplitRole(spec, settings, probe);
                split.start();
                yield split;
            }
            case "train" -> {
                var train = new TrainRole(spec, settings, probe);
                train.start();
                var _ = train.failure().whenComplete((_, failure) -> Reporter.report(failure));
                yield train;
            }
            case "gate" -> {
                var gate = new GateRole(spec, settings, probe);
                gate.start();
                yield gate;
            }
            case "score" -> {
                var score = new ScoreRole(spec, settings, probe);
                score.start();
                yield score;
            }
            default ->
                throw new IllegalArgumentException("role = " + args[0] + ": expected split, train, gate or score");
        };
        if (probe.listen()) {
            role.close();
            System.exit(0);
        }
        Runtime.getRuntime().halt(1);
    }

    /// The child's side: counts, reports, and stays where it is told to.
    private static final class Reporter implements Probe {
        private final AtomicInteger records = new AtomicInteger(-1);
        private final AtomicReference<@Nullable String> moment = new AtomicReference<>();
        private final AtomicInteger least = new AtomicInteger();
        private int sinceCommit;

        /// Obeys the parent until it goes away.
        ///
        /// @return whether it said to stop before
        boolean listen() throws IOException {
            try (var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                    var words = line.split(" ", -1);
                    switch (words[0]) {
                        case "records" -> records.set(Integer.parseInt(words[1]));
                        case "stop" -> {
                            return true;
                        }
                        default -> {
                            least.set(Integer.parseInt(words[2]));
                            moment.set(words[1]);
                        }
                    }
                }
            }
            return false;
        }

        @Override
        public void restored(long examples) {
            report("at 0 " + examples);
        }

        @Override
        public void processed(int partition, long position) {
            report("at " + partition + " " + position);
            count();
        }

        @Override
        public void processedById() {
            count();
        }

        private void count() {
            sinceCommit++;
            if (records.get() >= 0 && records.decrementAndGet() == 0) {
                report("mark records");
            }
        }

        @Override
        public void at(Moment now) {
            if (sinceCommit >= least.get() && now.name().equals(moment.get())) {
                report("mark " + now);
                park();
            }
            if (now == Moment.OFFSETS) {
                sinceCommit = 0;
            }
        }

        private static void park() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }

        static void report(Throwable failure) {
            report("failure " + String.valueOf(failure.getMessage()).replace('\n', '|'));
        }

        private static void report(String line) {
            System.out.println(line);
        }
    }
}
