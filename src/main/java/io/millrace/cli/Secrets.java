package io.millrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.ConfigDef;

/// `${env:NAME}` and `${file:PATH}` in values, so that no secret stands in a file of settings; and the refusal of those
/// that do.
final class Secrets {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]+)}");
    private static final Pattern ANY_REFERENCE = Pattern.compile("\\$\\{[^}]+}");

    /// An option of a login module whose value is a secret, such as `password="…"`.
    private static final Pattern JAAS_SECRET = Pattern.compile(
            "[\\w.-]*(?:password|secret)[\\w.-]*\\s*=\\s*(\"(?:[^\"\\\\]|\\\\.)*\"?|'(?:[^'\\\\]|\\\\.)*'?|[^\\s;]*)",
            Pattern.CASE_INSENSITIVE);

    private static final String JAAS = "sasl.jaas.config";

    /// What Kafka's clients hide, but for certificates, which are for everyone.
    private static final Set<String> KEYS = AdminClientConfig.configDef().configKeys().values().stream()
            .filter(key -> key.type == ConfigDef.Type.PASSWORD && !key.name.contains("certificate"))
            .map(key -> key.name)
            .collect(Collectors.toUnmodifiableSet());

    private Secrets() {}

    /// Whether the value of a property holds a secret in plain text.
    static boolean isPlain(String name, String value) {
        if (name.endsWith(JAAS)) {
            return JAAS_SECRET.matcher(value).results().anyMatch(option -> !isReference(unquoted(option.group(1))));
        }
        var last = name.substring(name.lastIndexOf('.') + 1);
        return (KEYS.contains(name) || last.contains("password") || last.contains("secret"))
                && !isReference(value.strip());
    }

    private static boolean isReference(String value) {
        return ANY_REFERENCE.matcher(value).matches();
    }

    private static String unquoted(String value) {
        return value.length() > 1 && (value.startsWith("\"") || value.startsWith("'"))
                ? value.substring(1, value.length() - 1)
                : value;
    }

    /// @param name of the property, and the file it stands in, for messages
    /// @throws CommandException if there is no such variable or file; the message never holds a value
    static String expand(String value, String name, Path file) {
        return REFERENCE.matcher(value).replaceAll(found -> {
            var secret = secret(found, name, file);
            var part = name.endsWith(JAAS)
                    && found.end() - found.start() < value.strip().length();
            return Matcher.quoteReplacement(part ? quoted(secret, value, found, name, file) : secret);
        });
    }

    /// A secret within a login configuration: what would end the quotes around it is escaped, else Kafka would take the
    /// rest for something else, and tell it in its message.
    private static String quoted(String secret, String value, MatchResult at, String name, Path file) {
        if (at.start() == 0
                || value.charAt(at.start() - 1) != '"'
                || at.end() == value.length()
                || value.charAt(at.end()) != '"') {
            throw CommandException.wrong(
                    name + " holds " + at.group() + " without quotes: expected \"" + at.group() + "\"\n  in " + file);
        }
        return secret.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\r", "\\r")
                .replace("\n", "\\n");
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
