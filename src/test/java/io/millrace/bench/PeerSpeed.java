package io.millrace.bench;

import io.millrace.feature.Examples;
import io.millrace.kernel.KernelChoice;
import io.millrace.learn.BareLoop;
import io.millrace.learn.LayersStep;
import io.millrace.learn.LearnConfig.OptimizerKind;
import io.millrace.learn.Trainer;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Millrace's side of `src/bench/speed.py`, which asks for one round after the other so that both sides take turns in
/// one
/// run: a warm JVM that answers lines from its input with lines of numbers.
///
/// | asked | answered |
/// |---|---|
/// | `write SET` | nothing: the examples are in files |
/// | `learn SET OPTIMIZER` | nanoseconds by the clock, of the processor, log loss: a whole [Trainer] over all examples,
/// from the beginning |
/// | `bare SET OPTIMIZER` | nanoseconds, both: the same without what a trainer keeps, [BareLoop] |
/// | `kept SET OPTIMIZER` | the same with marks and digests |
/// | `layers WIDTHS BATCH OPTIMIZER MILLISECONDS` | nanoseconds of the processor a step of [LayersStep] |
/// | `products WIDTHS BATCH MILLISECONDS` | the same of [Products] |
final class PeerSpeed {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final String LINE = "ready";

    private final Path directory;
    private final Map<String, List<Examples>> sets = new HashMap<>();

    private PeerSpeed(Path directory) {
        this.directory = directory;
    }

    /// @param directory where examples are written, for Vowpal Wabbit as text, for others as columns
    static void run(Path directory) throws IOException {
        System.out.println(LINE + " " + KernelChoice.cpu());
        new PeerSpeed(directory)
                .answer(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), System.out);
    }

    private List<Examples> set(String name) {
        return sets.computeIfAbsent(name, _ -> {
            try {
                return name.startsWith("wide") ? KernelSpeed.wide(bits(name)) : KernelSpeed.narrow();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void write(Path directory, String name, List<Examples> batches) throws IOException {
        try (var text = Files.newBufferedWriter(directory.resolve(name + ".vw"))) {
            for (var batch : batches) {
                writeText(text, batch);
            }
        }
        var size = batches.stream().mapToInt(batch -> batch.size).sum();
        var entries = batches.stream().mapToInt(batch -> batch.rows[batch.size]).sum();
        var columns = ByteBuffer.allocate(Float.BYTES * (2 + size + size + 2 * entries))
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(size)
                .putInt(entries);
        for (var batch : batches) {
            for (var at = 0; at < batch.size; at++) {
                columns.putInt(batch.rows[at + 1] - batch.rows[at]);
            }
        }
        batches.forEach(batch -> put(columns, batch.labels, batch.size));
        for (var batch : batches) {
            for (var j = 0; j < batch.rows[batch.size]; j++) {
                columns.putInt(batch.indices[j]);
            }
        }
        batches.forEach(batch -> put(columns, batch.values, batch.rows[batch.size]));
        Files.write(directory.resolve(name + ".columns"), columns.array());
    }

    private static void put(ByteBuffer into, float[] floats, int n) {
        for (var k = 0; k < n; k++) {
            into.putFloat(floats[k]);
        }
    }

    /// Numbers as names: each is its own place in the table there, so that the same features collide.
    private static void writeText(BufferedWriter text, Examples batch) throws IOException {
        for (var at = 0; at < batch.size; at++) {
            text.append(batch.labels[at] > 0 ? "1 |" : "-1 |");
            for (var j = batch.rows[at]; j < batch.rows[at + 1]; j++) {
                text.append(' ').append(Integer.toString(batch.indices[j]));
                if (batch.values[j] != 1) {
                    text.append(':').append(Float.toString(batch.values[j]));
                }
            }
            text.append('\n');
        }
    }

    private void answer(BufferedReader asked, PrintStream to) throws IOException {
        for (var line = asked.readLine(); line != null; line = asked.readLine()) {
            to.println(LINE + " " + answer(line.split(" ", -1)));
        }
    }

    private String answer(String... words) throws IOException {
        return switch (words[0]) {
            case "write" -> {
                write(directory, words[1], set(words[1]));
                yield "";
            }
            case "learn" -> learn(words[1], kind(words[2]));
            case "bare" -> bare(words[1], kind(words[2]), false);
            case "kept" -> bare(words[1], kind(words[2]), true);
            case "layers" -> {
                var optimizer = Optional.of(words[3]).filter(name -> !name.equals("none"));
                var step = new LayersStep(
                        KernelChoice.AUTO.kernel(),
                        widths(words[1]),
                        Integer.parseInt(words[2]),
                        optimizer.map(PeerSpeed::kind));
                yield nanos(step::take, Integer.parseInt(words[4]));
            }
            case "products" ->
                nanos(new Products(widths(words[1]), Integer.parseInt(words[2]))::take, Integer.parseInt(words[3]));
            default ->
                throw new IllegalArgumentException(
                        words[0] + ": expected write, learn, bare, kept, layers or products");
        };
    }

    private static OptimizerKind kind(String word) {
        return OptimizerKind.valueOf(word.replace('-', '_').toUpperCase(Locale.ROOT));
    }

    private static int[] widths(String word) {
        return Arrays.stream(word.split("-", -1)).mapToInt(Integer::parseInt).toArray();
    }

    private static int bits(String set) {
        return Integer.parseInt(set.substring(set.indexOf('-') + 1));
    }

    private String learn(String set, OptimizerKind kind) {
        var trainer = new Trainer(KernelSpeed.config(kind, bits(set)), List.of(), KernelChoice.AUTO.kernel());
        var batches = set(set);
        var cpu = THREADS.getCurrentThreadCpuTime();
        var start = System.nanoTime();
        for (var k = 0; k < batches.size(); k++) {
            trainer.learn(batches.get(k));
            if (BareLoop.isDigested(k)) {
                trainer.digest();
            }
        }
        trainer.digest();
        var nanos = System.nanoTime() - start;
        return nanos + " " + (THREADS.getCurrentThreadCpuTime() - cpu) + " "
                + trainer.progress().metrics().get("log-loss");
    }

    private String bare(String set, OptimizerKind kind, boolean keeps) {
        var loop = new BareLoop(KernelSpeed.config(kind, bits(set)), KernelChoice.AUTO.kernel(), keeps);
        var cpu = THREADS.getCurrentThreadCpuTime();
        var start = System.nanoTime();
        var weight = loop.learn(set(set));
        var nanos = System.nanoTime() - start;
        return nanos + " " + (THREADS.getCurrentThreadCpuTime() - cpu) + " " + weight;
    }

    /// Of one step in processor time, on average over so many milliseconds.
    private static String nanos(Runnable step, int milliseconds) {
        var start = THREADS.getCurrentThreadCpuTime();
        var now = start;
        var steps = 0;
        while (now - start < 1_000_000L * milliseconds) {
            step.run();
            steps++;
            now = THREADS.getCurrentThreadCpuTime();
        }
        return Long.toString((now - start) / steps);
    }
}
