package io.millrace.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.function.LongSupplier;

/// Progress for people: on a terminal a block of lines that is written over, elsewhere one plain line every few
/// seconds.
final class Display {
    private static final long BLOCK_EVERY = 250_000_000;
    private static final long LINE_EVERY = 5_000_000_000L;

    private final PrintWriter out;
    private final boolean terminal;
    private final LongSupplier nanoTime;
    private long last;
    private int shown;

    /// @param terminal whether lines can be written over
    /// @param nanoTime such as `System::nanoTime`
    Display(PrintWriter out, boolean terminal, LongSupplier nanoTime) {
        this.out = out;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
        last = nanoTime.getAsLong();
    }

    /// On the terminal of this process, if it has one.
    static Display of(PrintWriter out) {
        return new Display(out, isTerminal(), System::nanoTime);
    }

    @SuppressWarnings("SystemConsoleNull") // null where there is no console module
    private static boolean isTerminal() {
        var console = System.console();
        return console != null && console.isTerminal();
    }

    /// Whether it is time to show something.
    boolean isDue() {
        return nanoTime.getAsLong() - last >= (terminal ? BLOCK_EVERY : LINE_EVERY);
    }

    /// Shows a status, each part of it a line on a terminal.
    void show(List<String> parts) {
        last = nanoTime.getAsLong();
        if (terminal) {
            erase();
            parts.forEach(out::println);
            shown = parts.size();
        } else {
            out.println(String.join(" · ", parts));
        }
        out.flush();
    }

    /// Prints lines that stay; the status comes below them.
    void print(List<String> lines) {
        erase();
        lines.forEach(out::println);
        out.flush();
    }

    /// Takes the status off a terminal.
    void clear() {
        erase();
        out.flush();
    }

    private void erase() {
        if (shown > 0) {
            out.print("\u001b[" + shown + "A\u001b[J");
            shown = 0;
        }
    }
}
