package io.millrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `${env:NAME}` and `${file:PATH}` in values, so that no secret stands in a file of settings.
final class Secrets {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]+)}");

    private Secrets() {}

    /// @param name of the property, and the file it stands in, for messages
    /// @throws CommandException if there is no such variable or file; the message never holds a value
    static String expand(String value, String name, Path file) {
        return REFERENCE.matcher(value).replaceAll(found -> Matcher.quoteReplacement(secret(found, name, file)));
    }

    private static String secret(MatchResult reference, String name, Path file) {
        var where = name + " = " + reference.group() + " ";
        if (reference.group(1).equals("env")) {
            var value = System.getenv(reference.group(2));
            if (value == null) {
                throw CommandException.wrong(where + "is not set: expected an environment variable\n  in " + file);
            }
            return value;
        }
        try {
            return Files.readString(Path.of(reference.group(2))).strip();
        } catch (IOException | java.nio.file.InvalidPathException e) {
            throw CommandException.wrong(where + "can't be read: expected a file\n  in " + file);
        }
    }
}
