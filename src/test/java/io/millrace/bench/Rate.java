package io.millrace.bench;

/// Records a second, by the clock and by the processor time of this process. The first rounds warm up and do not
/// count.
final class Rate {
    private final String name;
    private final Rounds clock;
    private final Rounds cpu;
    private int cold = Rounds.WARM_UP;

    /// @param what is counted, in the plural
    Rate(String name, String what) {
        this.name = name;
        clock = new Rounds(name, what + "/s");
        cpu = new Rounds(name, what + " per processor second");
    }

    /// Ends a round of `count` records.
    void add(long count, Stopwatch watch) {
        var seconds = watch.seconds();
        var processor = watch.cpuSeconds();
        System.out.printf(
                "  %s%s: %,.0f /s, %,.0f per processor second%n",
                name, cold > 0 ? " (warm-up)" : "", count / seconds, count / processor);
        if (cold == 0) {
            clock.add(count / seconds);
            cpu.add(count / processor);
        }
        cold = Math.max(0, cold - 1);
    }

    void print() {
        clock.print();
        cpu.print();
    }

    void printRatio(Rate other) {
        System.out.printf(
                "%s : %s = %.2f by the clock, %.2f by processor time%n",
                name, other.name, clock.median() / other.clock.median(), cpu.median() / other.cpu.median());
    }
}
