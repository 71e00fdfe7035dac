package io.millrace.cli;

import io.millrace.evaluate.Comparison;
import io.millrace.replay.BlockLog;
import io.millrace.replay.Evaluation;
import io.millrace.replay.Evaluation.Version;
import io.millrace.schema.LedgerDifference;
import io.millrace.schema.LedgerEntry;
import io.millrace.schema.LedgerVersion;
import io.millrace.schema.Metric;
import io.millrace.split.Split;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One use of a held-out split, as it is recorded, published and printed.
final class Use {
    private final List<Version> versions;
    private final Comparison comparison;
    private final LedgerEntry entry;
    private final long eventTime;

    /// @param number of this use of the split, from 1
    Use(Evaluation evaluation, String lineage, Split split, String by, long number, BlockLog log) {
        versions = evaluation.versions();
        comparison = evaluation.comparison();
        eventTime = evaluation.eventTime();
        entry = LedgerEntry.newBuilder()
                .setLineage(lineage)
                .setSplit(split.word())
                .setSpecHash(log.spec().hash())
                .setUse(number)
                .setBy(by)
                .setTime(Instant.now().toEpochMilli())
                .setFromOffset(log.from())
                .setToOffset(log.to())
                .setExamples(comparison.examples())
                .setVersions(figures())
                .setDifferences(differences())
                .build();
    }

    private List<LedgerVersion> figures() {
        var figures = new ArrayList<LedgerVersion>();
        for (var k = 0; k < versions.size(); k++) {
            var version = versions.get(k);
            figures.add(
                    new LedgerVersion(version.name(), version.model().manifest().getDigest(), comparison.figures(k)));
        }
        return figures;
    }

    /// Each version less the first.
    private List<LedgerDifference> differences() {
        var differences = new ArrayList<LedgerDifference>();
        for (var k = 1; k < versions.size(); k++) {
            differences.add(new LedgerDifference(
                    versions.get(k).name(), versions.getFirst().name(), comparison.difference(k, 0)));
        }
        return differences;
    }

    LedgerEntry entry() {
        return entry;
    }

    /// The calibration table of a version of the entry, by its place.
    Map<String, Double> calibration(int place) {
        return comparison.calibration(place);
    }

    /// What is published, the calibration tables with it: of versions that were published, not of those from files,
    /// whose numbers mean nothing to others.
    List<Metric> metrics() {
        var metrics = new ArrayList<Metric>();
        for (var k = 0; k < versions.size(); k++) {
            var version = versions.get(k);
            if (version.isPublished()) {
                Map<String, Double> values =
                        new LinkedHashMap<>(entry.getVersions().get(k).getFigures());
                values.putAll(comparison.calibration(k));
                metrics.add(new Metric(
                        version.model().manifest().getLineage(),
                        entry.getSplit(),
                        version.model().manifest().getVersion(),
                        entry.getToOffset(),
                        entry.getExamples(),
                        eventTime,
                        values));
            }
        }
        return metrics;
    }
}
