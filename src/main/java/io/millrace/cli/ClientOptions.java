package io.millrace.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How to reach Kafka.
final class ClientOptions {
    private static final String BOOTSTRAP = "bootstrap.servers";

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "Kafka brokers, with commas between.")
    private @Nullable String bootstrapServers;

    @Option(
            names = "--client-properties",
            paramLabel = "FILE",
            description =
                    "Properties of Kafka clients, such as security. A value may be $${env:NAME} or $${file:PATH}, and a secret must.")
    private @Nullable Path file;

    boolean isGiven() {
        return bootstrapServers != null || file != null;
    }

    /// @throws CommandException if no broker is named, the file can't be read, or a secret stands in it
    Map<String, Object> properties() {
        var properties = new HashMap<String, Object>();
        if (file != null) {
            properties.putAll(read(file));
        }
        if (bootstrapServers != null) {
            properties.put(BOOTSTRAP, bootstrapServers);
        }
        if (!properties.containsKey(BOOTSTRAP)) {
            throw CommandException.wrong(
                    BOOTSTRAP
                            + " is missing: expected --bootstrap-servers HOST:PORT, or --client-properties FILE with it\n"
                            + "  `millrace run --embedded` starts a broker of its own, and `millrace demo` shows everything at once.");
        }
        return properties;
    }

    private static Map<String, Object> read(Path file) {
        var properties = new Properties();
        try (Reader text = Files.newBufferedReader(file)) {
            properties.load(text);
        } catch (IOException e) {
            throw CommandException.wrong("file " + file + " can't be read: expected properties of Kafka clients");
        } catch (IllegalArgumentException e) {
            throw CommandException.wrong("file " + file + " is no properties file: " + e.getMessage());
        }
        var values = new HashMap<String, Object>();
        // With providers of its own the file leaves what stands in ${…} to Kafka.
        var expand = !properties.containsKey("config.providers");
        for (var name : properties.stringPropertyNames()) {
            var value = properties.getProperty(name);
            if (Secrets.isPlain(name, value)) {
                throw CommandException.wrong(
                        name + " holds a secret in plain text: expected ${file:PATH} or ${env:NAME} in its place\n  in "
                                + file + line(file, name));
            }
            values.put(name, expand ? Secrets.expand(value, name, file) : value);
        }
        return values;
    }

    /// Where a property stands, as far as that is easily told.
    private static String line(Path file, String name) {
        try {
            var lines = Files.readAllLines(file);
            for (var i = 0; i < lines.size(); i++) {
                if (lines.get(i).strip().matches(Pattern.quote(name) + "\\s*[=: ].*")) {
                    return ", line " + (i + 1);
                }
            }
            return "";
        } catch (IOException gone) {
            return "";
        }
    }
}
