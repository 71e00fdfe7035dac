package io.millrace.cli;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.role.RoleSettings;
import io.millrace.spec.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How roles run.
final class RoleOptions {
    @Option(
            names = "--commit-every",
            paramLabel = "TIME",
            defaultValue = "100ms",
            description = "Time between two commits (default: ${DEFAULT-VALUE}).")
    private String commitEvery;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Threads that split and score, as many as there are partitions at most (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--standbys",
            paramLabel = "N",
            defaultValue = "0",
            description = "Other processes that keep the trainer's state warm (default: ${DEFAULT-VALUE}).")
    private int standbys;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description =
                    "Keeps the name of this process between starts (default: millrace-USER in the directory for temporary files).")
    private @Nullable Path stateDir;

    /// @throws CommandException if a value is out of range
    void check() {
        commitEvery();
        if (threads < 1 || threads > 64) {
            throw CommandException.wrong("--threads = " + threads + " is out of range: expected 1 to 64");
        }
        if (standbys < 0 || standbys > 16) {
            throw CommandException.wrong("--standbys = " + standbys + " is out of range: expected 0 to 16");
        }
    }

    private Duration commitEvery() {
        var every = Durations.parse(commitEvery);
        if (every == null || every.toMillis() < 10) {
            throw CommandException.wrong("--commit-every = " + commitEvery + " is out of range: expected 10ms or more");
        }
        return every;
    }

    /// @param keep directory of an embedded broker's data, or null
    /// @throws CommandException if a value is out of range
    RoleSettings settings(Map<String, Object> client, String lineage, MeterRegistry registry, @Nullable Path keep) {
        check();
        return RoleSettings.of(client, lineage, stateDir(keep), registry)
                .withCommitEvery(commitEvery())
                .withThreads(threads)
                .withStandbys(standbys);
    }

    private Path stateDir(@Nullable Path keep) {
        if (stateDir != null) {
            return stateDir;
        }
        return keep != null
                ? keep.resolve("state")
                : Path.of(System.getProperty("java.io.tmpdir"), "millrace-" + System.getProperty("user.name"));
    }
}
