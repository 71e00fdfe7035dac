package io.millrace.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/// A command that was called in this JVM: what it printed and exited with.
record Called(int exitCode, String out, String err) {
    static Called millrace(String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        var exitCode = Main.execute(new PrintWriter(out), new PrintWriter(err), args);
        return new Called(exitCode, out.toString(), err.toString());
    }
}
