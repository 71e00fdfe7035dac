package io.millrace.bench;

import io.millrace.event.Wire;
import java.nio.file.Path;

/// Runs one benchmark by its name and prints what it measured.
public final class Bench {
    private Bench() {}

    /// @param args the name, then what the benchmark takes
    public static void main(String[] args) throws Exception {
        Wire.trust();
        var name = args.length == 0 ? "" : args[0];
        System.out.printf(
                "bench %s: %d cores, JDK %s%n",
                name, Runtime.getRuntime().availableProcessors(), System.getProperty("java.version"));
        switch (name) {
            case "speed" -> Speed.run();
            case "trainer" -> TrainerSpeed.run();
            case "replay" -> ReplaySpeed.run();
            case "freshness" -> Freshness.run();
            case "restart" -> Restart.run();
            case "restart-versions" -> RestartVersions.run();
            case "operators" -> Operators.run();
            case "quality" -> Quality.run();
            case "bits" -> exit(KernelBits.run());
            case "lanes" -> LanesSpeed.run();
            case "kernels" -> KernelSpeed.run();
            case "peers" -> PeerSpeed.run(Path.of(args[1]));
            case "device" -> DeviceSpeed.run();
            default -> {
                System.err.println("bench = " + name + ": expected one of speed, trainer, replay, freshness, restart,"
                        + " restart-versions, operators, quality, bits, lanes, kernels, peers, device");
                System.exit(2);
            }
        }
        exit(true); // brokers and clients leave threads behind
    }

    private static void exit(boolean isGood) {
        System.exit(isGood ? 0 : 1);
    }
}
