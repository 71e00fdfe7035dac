package io.millrace.cli;

import io.millrace.model.ModelFiles;
import io.millrace.model.VersionException;
import io.millrace.replay.BlockLog;
import io.millrace.replay.Evaluation;
import io.millrace.replay.Evaluation.Version;
import io.millrace.replay.OffsetRange;
import io.millrace.replay.VersionLog;
import io.millrace.role.Topics;
import io.millrace.schema.LedgerEntry;
import io.millrace.spec.Spec;
import io.millrace.split.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "evaluate",
        description = {
            "Tells how good versions are on the validation or test split, which no trainer reads, with 95 %% intervals and "
                    + "the differences between versions.",
            "Every use is recorded in the ledger of the lineage before its figures are shown."
        })
final class EvaluateCommand implements Callable<Integer> {
    private static final Pattern VERSION = Pattern.compile("(?:([a-z0-9-]{1,64})/)?([0-9]{1,18})");

    /// What to read.
    enum HeldOutSplit {
        VALIDATION(Split.VALIDATION),
        TEST(Split.TEST);

        private final Split split;

        HeldOutSplit(Split split) {
            this.split = split;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(
            paramLabel = "VERSION",
            arity = "0..*",
            description = "Versions such as main/41, or 41 of the lineage. Each is compared with the first.")
    private List<String> versions = List.of();

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "A version from files, as `millrace replay --out` writes them; after the others.")
    private List<Path> directories = List.of();

    @Option(
            names = "--split",
            paramLabel = "SPLIT",
            required = true,
            description = "Which groups: ${COMPLETION-CANDIDATES}.")
    private HeldOutSplit heldOut;

    @Option(
            names = "--to-offset",
            paramLabel = "N",
            description =
                    "First offset of the split's topic that is no longer read (default: the end, as it is at the start).")
    private @Nullable Long toOffset;

    @Option(
            names = "--again",
            description = "Looks at the test split of a lineage once more. That is counted, and shown.")
    private boolean again;

    @Option(
            names = "--by",
            paramLabel = "NAME",
            description = "Who asks, for the ledger (default: the name of the system's user).")
    private String by = System.getProperty("user.name", "unknown");

    @Mixin
    private SpecOptions model;

    @Mixin
    private LineageOptions lineages;

    @Mixin
    private ClientOptions client;

    @picocli.CommandLine.Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        var spec = model.spec();
        var lineage = lineages.lineage();
        var properties = client.properties();
        if (versions.isEmpty() && directories.isEmpty()) {
            throw CommandException.wrong("no version is named: expected one like main/41, or --model DIR");
        }
        try (var kafka = new Broker(properties);
                var log = new BlockLog(properties, spec.topic(lineage, split().word()), range())) {
            checkSpec(log, spec);
            var evaluation = new Evaluation(log, read(spec, properties));
            Topics.ensure(kafka.admin(), spec, lineage, Set.of("ledger", "metrics"));
            try (var ledger = new Ledger(properties, spec.topic(lineage, "ledger"))) {
                var earlier = ledger.uses(split().word());
                checkUse(earlier);
                look(log, evaluation);
                var use = new Use(evaluation, lineage, split(), by, earlier.size() + 1L, log);
                ledger.write(use.entry(), spec.topic(lineage, "metrics"), use.metrics());
                new EvaluateReport(command.commandLine().getOut()).print(use, earlier);
            }
        }
        return 0;
    }

    private Split split() {
        return heldOut.split;
    }

    private OffsetRange range() {
        return new OffsetRange(
                OptionalLong.empty(), toOffset == null ? OptionalLong.empty() : OptionalLong.of(toOffset));
    }

    /// Shares, salt, features: what is asked for must be what the log holds.
    private static void checkSpec(BlockLog log, Spec spec) {
        if (!log.fits(spec)) {
            throw CommandException.wrong(
                    log.topic() + " was written under another spec: expected one that differs in "
                            + BlockLog.MAY_DIFFER + " at most\n"
                            + "  Name the spec and the --lineage that belong together: other shares, salt or features make a new one.");
        }
    }

    private List<Version> read(Spec spec, Map<String, Object> properties) throws IOException {
        var wanted = new LinkedHashMap<String, TreeSet<Long>>();
        var names = new ArrayList<Name>();
        for (var text : versions) {
            var name = name(text);
            names.add(name);
            wanted.computeIfAbsent(name.lineage, _ -> new TreeSet<>()).add(name.number);
        }
        var found = new LinkedHashMap<Name, io.millrace.model.Model>();
        wanted.forEach((lineage, numbers) -> new VersionLog(
                        properties, spec.topic(lineage, "versions"), spec.topic(lineage, "kept"))
                .find(numbers)
                .forEach((number, version) -> found.put(new Name(lineage, number), version)));
        var all = new ArrayList<Version>();
        for (var name : names) {
            all.add(Version.published(Objects.requireNonNull(found.get(name))));
        }
        for (var directory : directories) {
            all.add(Version.kept(directory.toString(), files(directory)));
        }
        return all;
    }

    private record Name(String lineage, long number) {}

    private Name name(String text) {
        var matcher = VERSION.matcher(text);
        if (!matcher.matches()) {
            throw CommandException.wrong(text + " names no version: expected one like main/41, or 41");
        }
        var lineage = matcher.group(1);
        return new Name(lineage == null ? lineages.lineage() : lineage, Long.parseLong(matcher.group(2)));
    }

    private static io.millrace.model.Model files(Path directory) throws IOException {
        try {
            return ModelFiles.read(directory);
        } catch (VersionException e) {
            throw CommandException.wrong(String.valueOf(e.getMessage()));
        }
    }

    /// Validation chooses, as often as one likes; test only reports.
    private void checkUse(List<LedgerEntry> earlier) {
        if (split() == Split.TEST && !earlier.isEmpty() && !again) {
            var first = earlier.getFirst();
            throw CommandException.wrong("the test split of lineage " + first.getLineage() + " was used "
                    + times(earlier.size()) + " before, first by " + first.getBy() + " at "
                    + Instant.ofEpochMilli(first.getTime()) + ": expected --again, which is counted too\n"
                    + "  Who looks at it again and again and keeps what looks best no longer learns how good that is: "
                    + "choose by --split validation.");
        }
    }

    static String times(int count) {
        return count == 1 ? "once" : count == 2 ? "twice" : count + " times";
    }

    private void look(BlockLog log, Evaluation evaluation) throws IOException {
        var display = Display.of(command.commandLine().getErr());
        while (log.read(evaluation::block)) {
            if (display.isDue()) {
                display.show(List.of(String.format(Locale.ROOT, "read      %.0f %%", 100 * log.fraction())));
            }
        }
        display.clear();
        if (evaluation.comparison().examples() == 0) {
            throw CommandException.wrong("offsets " + log.from() + " to " + log.to() + " of " + log.topic()
                    + " hold no example: expected one, so there is nothing to tell");
        }
    }
}
