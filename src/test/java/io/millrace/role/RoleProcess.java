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

/// A role in a process of its own that can be killed: [#main] is the child, an instance the parent's handle on it.
///
/// The child reports its progress on standard output, one line a fact, and may be told of one mark: a count of
/// processed records
/// after which it reports and goes on, or a moment in the n-th commit at which it reports and stays.
final class RoleProcess implements AutoCloseable {
    /// Where a child reports its mark.
    sealed interface Mark {
        /// After `records` processed since its start; it goes on working.
        record Records(int records) implements Mark {}

        /// In the `commit`-th commit (from 1) since its start; it stays there.
        record Commit(int commit, Probe.Moment moment) implements Mark {}

        /// Never.
        record None() implements Mark {}

        private String word() {
            return switch (this) {
                case Records records -> "records:" + records.records();
                case Commit commit -> "commit:" + commit.commit() + ":" + commit.moment();
                case None none -> "none";
            };
        }
    }

    /// What to run.
    record Plan(String role, Path spec, String lineage, String bootstrap, Path stateDir, int threads, int standbys) {}

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Process process;
    private final BlockingQueue<String> marks = new LinkedBlockingQueue<>();
    private final Thread reader;

    /// First and last position reported, by partition: source offsets (split) or examples (train).
    final Map<Integer, Long> first = new ConcurrentHashMap<>();
    final Map<Integer, Long> last = new ConcurrentHashMap<>();

    RoleProcess(Plan plan, Mark mark) throws IOException {
        var command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--add-modules=jdk.incubator.vector",
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
                mark.word());
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
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
                    default -> System.err.println("child: " + line);
                }
            }
        } catch (IOException closed) {
            if (process.isAlive()) {
                throw new UncheckedIOException(closed);
            }
        }
    }

    /// Waits until the child reports its mark.
    String awaitMark() throws InterruptedException {
        var mark = marks.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (mark == null) {
            throw new IllegalStateException(
                    "no mark within " + PATIENCE + "; alive: " + process.isAlive() + ", at " + last);
        }
        return mark;
    }

    boolean alive() {
        return process.isAlive();
    }

    /// SIGKILL; returns when the process is gone and all that it said is read.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
        reader.join();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /// The child.
    public static void main(String[] args) {
        var spec = SpecReader.read(Path.of(args[1]));
        var settings = RoleSettings.of(
                        Map.of("bootstrap.servers", args[3]), args[2], Path.of(args[4]), new SimpleMeterRegistry())
                .withThreads(Integer.parseInt(args[5]))
                .withStandbys(Integer.parseInt(args[6]))
                .withCommitEvery(Duration.ofMillis(30));
        var probe = new Reporter(args[7]);
        if (args[0].equals("split")) {
            new SplitRole(spec, settings, probe).start();
        } else {
            new TrainRole(spec, settings, probe).start();
        }
    }

    private static final class Reporter implements Probe {
        private final int records;
        private final int commit;
        private final String moment;
        private final AtomicInteger seen = new AtomicInteger();
        private final AtomicInteger commits = new AtomicInteger();

        Reporter(String mark) {
            var words = mark.split(":", -1);
            records = words[0].equals("records") ? Integer.parseInt(words[1]) : -1;
            commit = words[0].equals("commit") ? Integer.parseInt(words[1]) : -1;
            moment = words.length > 2 ? words[2] : "";
        }

        @Override
        public void restored(long examples) {
            say("at 0 " + examples);
        }

        @Override
        public void processed(int partition, long position) {
            say("at " + partition + " " + position);
            if (seen.incrementAndGet() == records) {
                say("mark records");
            }
        }

        @Override
        public void at(Moment now) {
            if (now == Moment.BEFORE && seen.get() > 0) {
                commits.incrementAndGet();
            }
            if (commits.get() == commit && now.name().equals(moment)) {
                say("mark " + now);
                park();
            }
        }

        private static void park() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }

        private static void say(String line) {
            System.out.println(line);
        }
    }
}
