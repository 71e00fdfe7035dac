package io.millrace.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/// YAML or JSON text to nodes with their lines. Stricter than YAML: one document, a block at the top, no key twice, no
/// empty value, no alias.
final class NodeReader {
    private static final TokenStreamFactory YAML = new YAMLFactory();
    private static final TokenStreamFactory JSON = new JsonFactory();
    private static final Pattern LINE = Pattern.compile("line (\\d+), column");

    private final JsonParser parser;

    private NodeReader(JsonParser parser) {
        this.parser = parser;
    }

    /// @throws Fault with the line
    static Node.Block yaml(String text) {
        return read(YAML, "YAML", text);
    }

    /// @throws Fault with the line
    static Node.Block json(String text) {
        return read(JSON, "JSON", text);
    }

    private static Node.Block read(TokenStreamFactory format, String name, String text) {
        try (var parser = format.createParser(ObjectReadContext.empty(), text)) {
            return new NodeReader(parser).document();
        } catch (JacksonException e) {
            throw new Fault(line(e), "this is not " + name + ": " + problem(e.getOriginalMessage()));
        }
    }

    /// YAML's messages have several lines: context, then the problem, each with a picture.
    private static String problem(String message) {
        return message.lines()
                .filter(line -> !line.startsWith("while ") && !line.startsWith(" "))
                .findFirst()
                .orElse(message);
    }

    private static int line(JacksonException e) {
        var line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
        for (var found = LINE.matcher(e.getOriginalMessage()); found.find(); ) {
            line = Integer.parseInt(found.group(1));
        }
        return line;
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }

    private Node.Block document() {
        if (parser.nextToken() == null) {
            throw new Fault(0, "the file is empty: expected at least model, events, split, label and features");
        }
        if (!(value("") instanceof Node.Block block)) {
            throw new Fault(
                    1, "the file is no block of keys: expected at least model, events, split, label and features");
        }
        if (parser.nextToken() != null) {
            throw new Fault(line(), "a second document starts here: expected one spec a file");
        }
        return block;
    }

    private Node value(String path) {
        var line = line();
        var token = parser.currentToken();
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            throw new Fault(line, path + " = *" + parser.getString() + " is an alias: expected the value itself");
        }
        return switch (token) {
            case START_OBJECT -> block(path, line);
            case START_ARRAY -> items(path, line);
            case VALUE_NULL -> throw new Fault(line, path + " has no value: expected one, or no such key");
            default -> new Node.Scalar(path, line, parser.getString());
        };
    }

    private Node block(String path, int line) {
        var entries = new LinkedHashMap<String, Node>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var key = parser.getString();
            var keyPath = path.isEmpty() ? key : path + "." + key;
            var keyLine = line();
            var before = entries.get(key);
            if (before != null) {
                throw new Fault(keyLine, keyPath + " stands here again: expected it once, as in line " + before.line());
            }
            parser.nextToken();
            entries.put(key, at(keyLine, value(keyPath)));
        }
        return new Node.Block(path, line, entries);
    }

    /// A value is where its key is, not where it begins.
    private static Node at(int line, Node node) {
        return switch (node) {
            case Node.Block block -> new Node.Block(block.path(), line, block.entries());
            case Node.Items items -> new Node.Items(items.path(), line, items.values());
            case Node.Scalar scalar -> new Node.Scalar(scalar.path(), line, scalar.text());
        };
    }

    private Node items(String path, int line) {
        var values = new ArrayList<Node>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            values.add(value(path + "[" + values.size() + "]"));
        }
        return new Node.Items(path, line, values);
    }
}
