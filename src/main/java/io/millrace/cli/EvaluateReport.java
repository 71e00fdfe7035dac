package io.millrace.cli;

import io.millrace.schema.LedgerEntry;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What an evaluation tells.
final class EvaluateReport {
    /// Under so many groups, intervals are said to be too short.
    private static final int FEW = 20;

    private final PrintWriter out;

    EvaluateReport(PrintWriter out) {
        this.out = out;
    }

    /// @param earlier uses of the same split, the oldest first
    void print(Use use, List<LedgerEntry> earlier) {
        var entry = use.entry();
        out.println(entry.getSplit() + " of lineage " + entry.getLineage() + ", offsets " + entry.getFromOffset()
                + " to " + entry.getToOffset() + ": " + Figures.count(entry.getExamples()) + " examples of "
                + Figures.count(groups(entry)) + " groups");
        out.println(
                earlier.isEmpty()
                        ? "first use of this split"
                        : "used " + EvaluateCommand.times(earlier.size()) + " before, first by "
                                + earlier.getFirst().getBy() + " at "
                                + Instant.ofEpochMilli(earlier.getFirst().getTime()));
        if (groups(entry) < FEW) {
            out.println("so few groups make the intervals too short: expected " + FEW + " or more");
        }
        for (var k = 0; k < entry.getVersions().size(); k++) {
            var version = entry.getVersions().get(k);
            out.println();
            out.println(version.getName() + ", digest " + Figures.digest(version.getDigest()));
            figures(version.getFigures(), true);
            calibration(use.calibration(k));
        }
        for (var difference : entry.getDifferences()) {
            out.println();
            out.println(difference.getVersion() + " less " + difference.getOther() + ", on the same examples");
            figures(difference.getFigures(), false);
        }
        out.flush();
    }

    private static long groups(LedgerEntry entry) {
        var groups = entry.getVersions().getFirst().getFigures().get("groups");
        return groups == null ? 0 : groups.longValue();
    }

    private void figures(Map<String, Double> figures, boolean withBaselines) {
        out.println(" ".repeat(24) + "95 % interval" + (withBaselines ? "          constant   last label" : ""));
        new TreeMap<>(figures).forEach((name, value) -> {
            if (!name.contains(".") && !name.equals("groups")) {
                out.println(String.format(
                                Locale.ROOT,
                                "  %-9s %9s   %-20s   %8s   %10s",
                                name,
                                Figures.metric(value),
                                interval(figures, name),
                                figure(figures, name + ".constant"),
                                figure(figures, name + ".last-label"))
                        .stripTrailing());
            }
        });
    }

    private static String interval(Map<String, Double> figures, String name) {
        if (figures.containsKey(name + ".error")) {
            return "± " + figure(figures, name + ".error") + " by bins";
        }
        return figures.containsKey(name + ".low")
                ? figure(figures, name + ".low") + " to " + figure(figures, name + ".high")
                : "";
    }

    private static String figure(Map<String, Double> figures, String name) {
        var value = figures.get(name);
        return value == null ? "" : Figures.metric(value);
    }

    private void calibration(Map<String, Double> table) {
        if (table.isEmpty()) {
            return;
        }
        out.println("  predicted   observed   share of examples");
        for (var bin = 0; bin < 10; bin++) {
            var name = "calibration." + bin + ".";
            if (table.containsKey(name + "share")) {
                out.println(String.format(
                        Locale.ROOT,
                        "  %9s  %9s  %17.1f %%",
                        figure(table, name + "predicted"),
                        figure(table, name + "observed"),
                        100 * table.getOrDefault(name + "share", 0.0)));
            }
        }
    }
}
