package io.millrace.spec;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Nodes to records: the key of a component is its name in kebab-case; its type says what the value must be. `Optional`
/// and
/// `@Nullable` components may be left out. A sealed interface is bound to the variant that one of the keys names.
final class Binding {
    /// The key that [SpecReader] adds, and no user writes.
    static final String SCHEMA_TEXT = "schema-text";

    private static final String HINT = "\n`millrace spec` prints every key with its meaning and default.";
    private final Node root;

    Binding(Node root) {
        this.root = root;
    }

    /// @throws Fault with the line of the value that can't be bound
    <T> T bind(Node.Block block, Class<T> type) {
        return type.cast(construct(block, type, null));
    }

    /// Refuses the key that only [SpecReader] adds where a user wrote it.
    static void refuseSchemaText(Node.Block own) {
        var given = own.entries().get(SCHEMA_TEXT);
        if (given != null) {
            throw unknown(given, keys(Spec.class, null));
        }
    }

    /// `learningRate`, `HourOfDay` and `ISO_8601` to `learning-rate`, `hour-of-day` and `iso-8601`.
    static String kebab(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").replace('_', '-').toLowerCase(Locale.ROOT);
    }

    private Object construct(Node.Block block, Class<?> type, @Nullable String variant) {
        var components = type.getRecordComponents();
        var keys = keys(type, variant);
        var names = List.copyOf(keys);
        refuseUnknown(block, keys);
        var arguments = new @Nullable Object[components.length];
        for (var i = 0; i < components.length; i++) {
            arguments[i] = component(block, names.get(i), components[i]);
        }
        try {
            var types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            var constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw refusal(block, String.valueOf(refused.getMessage()));
            }
            throw new IllegalStateException("can't make a " + type.getSimpleName(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("can't make a " + type.getSimpleName(), e);
        }
    }

    /// A record refused its values: the message begins with the key path from the top, or with a key of its block.
    @SuppressWarnings("ReferenceEquality") // a node is a place in the file: two that read alike are not the same
    private Fault refusal(Node.Block block, String message) {
        var path = message.split("[ :\n]", 2)[0];
        var found = root.nearest(path);
        if (found == root && block != root) {
            var own = root.nearest(block.path() + "." + path);
            return new Fault(own.line(), block.path() + "." + message);
        }
        return new Fault(found == root || found.line() == 0 ? block.line() : found.line(), message);
    }

    private static void refuseUnknown(Node.Block block, Set<String> keys) {
        for (var entry : block.entries().entrySet()) {
            if (!keys.contains(entry.getKey())) {
                throw unknown(entry.getValue(), keys);
            }
        }
    }

    private static Fault unknown(Node node, Set<String> keys) {
        var known = keys.stream().filter(key -> !key.equals(SCHEMA_TEXT)).collect(Collectors.joining(", "));
        return new Fault(node.line(), node.path() + " is an unknown key: expected one of " + known + HINT);
    }

    private static Set<String> keys(Class<?> type, @Nullable String variant) {
        var keys = new LinkedHashSet<String>();
        for (var component : type.getRecordComponents()) {
            keys.add(variant != null && keys.isEmpty() ? variant : kebab(component.getName()));
        }
        return keys;
    }

    private @Nullable Object component(Node.Block block, String key, RecordComponent component) {
        var type = component.getGenericType();
        var node = block.entries().get(key);
        if (node != null) {
            return value(node, type);
        }
        if (type == OptionalDouble.class) {
            return OptionalDouble.empty();
        }
        if (type == OptionalInt.class) {
            return OptionalInt.empty();
        }
        if (component.getType() == Optional.class) {
            return Optional.empty();
        }
        if (component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
            return null;
        }
        var path = block.path().isEmpty() ? key : block.path() + "." + key;
        throw new Fault(
                block.path().isEmpty() ? 0 : block.line(),
                path + " is missing: expected " + Scalars.expected(type) + HINT);
    }

    private Object value(Node node, Type type) {
        if (type instanceof ParameterizedType generic) {
            var argument = generic.getActualTypeArguments()[0];
            return generic.getRawType() == Optional.class ? Optional.of(value(node, argument)) : items(node, argument);
        }
        var plain = (Class<?>) type;
        if (plain.isRecord()) {
            return construct(block(node, plain), plain, null);
        }
        return plain.isSealed() ? variant(node, plain) : Scalars.bind(node, plain);
    }

    private List<Object> items(Node node, Type type) {
        if (!(node instanceof Node.Items list)) {
            throw wrong(node, "is no list: expected one, such as [a, b]");
        }
        var values = new ArrayList<>();
        for (var item : list.values()) {
            values.add(value(item, type));
        }
        return List.copyOf(values);
    }

    private Object variant(Node node, Class<?> type) {
        var kinds = Stream.of(type.getPermittedSubclasses())
                .collect(Collectors.toMap(
                        kind -> kebab(kind.getSimpleName()), kind -> kind, (a, _) -> a, LinkedHashMap::new));
        var oneOf = "expected one of " + String.join(", ", kinds.keySet());
        if (!(node instanceof Node.Block block)) {
            throw wrong(node, "is no block: " + oneOf + ", with a field");
        }
        var named = block.entries().keySet().stream().filter(kinds::containsKey).toList();
        if (named.size() == 1) {
            return construct(block, Objects.requireNonNull(kinds.get(named.getFirst())), named.getFirst());
        }
        throw wrong(node, named.isEmpty() ? "is of no kind: " + oneOf : "is of several kinds: " + oneOf);
    }

    private static Node.Block block(Node node, Class<?> type) {
        if (node instanceof Node.Block block) {
            return block;
        }
        var keys = Arrays.stream(type.getRecordComponents()).map(component -> kebab(component.getName()));
        throw wrong(node, "is no block: expected the keys " + keys.collect(Collectors.joining(", ")));
    }

    static Fault wrong(Node node, String what) {
        return new Fault(node.line(), node.path() + " = " + node + " " + what);
    }
}
