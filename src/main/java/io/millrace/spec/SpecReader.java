package io.millrace.spec;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/// Reads a spec: the user's YAML over `defaults.yaml`.
public final class SpecReader {
    private static final String CLASSPATH = "classpath:";

    private SpecReader() {}

    /// @throws SpecException with file, line, value and what was expected
    public static Spec read(Path file) {
        return read(file, _ -> {});
    }

    /// @param check what a spec must be beyond its own rules, such as small enough for a machine; throws an
    ///     [IllegalArgumentException] whose message begins with the path of a key
    /// @throws SpecException with file, line, value and what was expected
    public static Spec read(Path file, Consumer<Spec> check) {
        var folder = file.toAbsolutePath().getParent();
        return read(
                text(file),
                file.toString(),
                path -> text(folder == null ? Path.of(path) : folder.resolve(path)),
                check);
    }

    /// A spec that ships with Millrace, such as `flights.yaml`, from the class path. Its schema is found there too.
    public static Spec resource(String name) {
        return read(resourceText(name), CLASSPATH + name, SpecReader::resourceText, _ -> {});
    }

    /// The text of a file that ships with Millrace, such as `defaults.yaml`.
    public static String resourceText(String name) {
        try (InputStream bytes = SpecReader.class.getResourceAsStream("/" + name)) {
            if (bytes == null) {
                throw new SpecException(CLASSPATH + name + " does not exist: expected a file that ships with Millrace");
            }
            return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What [Spec#toJson] wrote.
    ///
    /// @throws SpecException if it is no spec of this version of Millrace
    public static Spec ofJson(String json) {
        try {
            return bind(NodeReader.json(json));
        } catch (Fault e) {
            throw SpecException.of(message(e), "the spec that the log holds, line " + e.line());
        }
    }

    private static Spec read(String yaml, String name, Function<String, String> files, Consumer<Spec> check) {
        try {
            var own = NodeReader.yaml(yaml);
            Binding.refuseSchemaText(own);
            var merged = FeatureDefaults.apply(own, NodeReader.yaml(resourceText("defaults.yaml")));
            var spec = bind(withSchema(merged, files));
            check(spec, merged, check);
            return spec;
        } catch (Fault e) {
            throw SpecException.of(message(e), e.line() > 0 ? name + ", line " + e.line() : name);
        }
    }

    private static void check(Spec spec, Node.Block root, Consumer<Spec> check) {
        try {
            check.accept(spec);
        } catch (IllegalArgumentException refused) {
            var message = String.valueOf(refused.getMessage());
            throw new Fault(root.nearest(message.split(" ", 2)[0]).line(), message);
        }
    }

    private static String message(Fault fault) {
        return String.valueOf(fault.getMessage());
    }

    private static Spec bind(Node.Block root) {
        return new Binding(root).bind(root, Spec.class);
    }

    /// Reads the file that `events.schema` names and adds its text as a key of its own.
    private static Node.Block withSchema(Node.Block root, Function<String, String> files) {
        if (!(root.entries().get("events") instanceof Node.Block events)
                || !(events.entries().get("schema") instanceof Node.Scalar path)) {
            return root;
        }
        var entries = new LinkedHashMap<>(root.entries());
        entries.put(Binding.SCHEMA_TEXT, new Node.Scalar(Binding.SCHEMA_TEXT, path.line(), schema(path, files)));
        return new Node.Block("", root.line(), entries);
    }

    private static String schema(Node.Scalar path, Function<String, String> files) {
        try {
            return path.text().startsWith(CLASSPATH)
                    ? resourceText(path.text().substring(CLASSPATH.length()))
                    : files.apply(path.text());
        } catch (SpecException e) {
            var why = String.valueOf(e.getMessage())
                    .lines()
                    .findFirst()
                    .orElse("")
                    .replaceFirst("^\\S+ ", "");
            throw new Fault(path.line(), "events.schema = " + path + " " + why);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new SpecException(file + " does not exist: expected a file");
        } catch (CharacterCodingException e) {
            throw new SpecException(file + " is not UTF-8: expected text in UTF-8");
        } catch (IOException e) {
            throw new SpecException(file + " can't be read (" + e.getMessage() + "): expected a file");
        }
    }
}
