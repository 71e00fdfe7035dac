package io.millrace.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The README as tests read it: its fenced blocks, and the commands in them.
final class Readme {
    private static final Pattern FENCE = Pattern.compile("(?ms)^ *```(\\w+)\\n(.*?)^ *```$");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
    static final String TEXT = read();

    private Readme() {}

    private static String read() {
        try {
            return Files.readString(Path.of("README.md"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Blocks of a language, without the indentation that a list gives them.
    static List<String> blocks(String language) {
        return FENCE.matcher(TEXT)
                .results()
                .filter(block -> block.group(1).equals(language))
                .map(block -> block.group(2).stripTrailing().stripIndent())
                .toList();
    }

    /// The lines of the `sh` blocks that begin with `command`, continued lines joined.
    static List<String> commands(String command) {
        return blocks("sh").stream()
                .flatMap(block -> block.replace("\\\n", " ").lines())
                .filter(line -> line.startsWith(command + " "))
                .toList();
    }

    /// The words of a command line after its first.
    static List<String> arguments(String line) {
        var words = new ArrayList<String>();
        WORD.matcher(line).results().forEach(word -> words.add(word.group(1) == null ? word.group(2) : word.group(1)));
        return words.subList(1, words.size());
    }
}
