package io.millrace.role;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.kernel.KernelChoice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// What a role needs to run besides its spec.
///
/// @param client properties of every Kafka client: `bootstrap.servers`, security
/// @param lineage of the model
/// @param blocks the lineage whose blocks a trainer learns from: its own, or another with the same examples
/// @param stateDir where instance ids are kept; one a machine will do
/// @param threads stream threads; only the split has use for more than one
/// @param standbys copies of the trainer's state kept warm on other instances
/// @param commitEvery time between two commits
/// @param kernel what the trainer computes with; the bits are the same
/// @param meters where metrics go
public record RoleSettings(
        Map<String, Object> client,
        String lineage,
        String blocks,
        Path stateDir,
        int threads,
        int standbys,
        Duration commitEvery,
        KernelChoice kernel,
        MeterRegistry meters) {
    /// Settings with blocks of its own, one thread, no standby, a commit every 100 ms, and any kernel.
    public static RoleSettings of(Map<String, Object> client, String lineage, Path stateDir, MeterRegistry meters) {
        return new RoleSettings(
                client, lineage, lineage, stateDir, 1, 0, Duration.ofMillis(100), KernelChoice.AUTO, meters);
    }

    public RoleSettings withBlocks(String blocks) {
        return new RoleSettings(client, lineage, blocks, stateDir, threads, standbys, commitEvery, kernel, meters);
    }

    public RoleSettings withThreads(int threads) {
        return new RoleSettings(client, lineage, blocks, stateDir, threads, standbys, commitEvery, kernel, meters);
    }

    public RoleSettings withStandbys(int standbys) {
        return new RoleSettings(client, lineage, blocks, stateDir, threads, standbys, commitEvery, kernel, meters);
    }

    public RoleSettings withCommitEvery(Duration commitEvery) {
        return new RoleSettings(client, lineage, blocks, stateDir, threads, standbys, commitEvery, kernel, meters);
    }

    public RoleSettings withKernel(KernelChoice kernel) {
        return new RoleSettings(client, lineage, blocks, stateDir, threads, standbys, commitEvery, kernel, meters);
    }
}
