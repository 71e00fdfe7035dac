package io.millrace.spec;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Single values as a spec writes them: text, numbers, durations, and the words of an enum in kebab-case. The type that
/// is
/// wanted decides, so that `salt: 2001` is text and `learning-rate: "0.05"` is a number.
final class Scalars {
    private Scalars() {}

    /// @throws Fault if the node is no scalar, or does not write a value of `type`
    static Object bind(Node node, Class<?> type) {
        if (!(node instanceof Node.Scalar scalar)) {
            throw Binding.wrong(
                    node, (node instanceof Node.Block ? "is a block" : "is a list") + ": expected " + expected(type));
        }
        var value = parse(scalar.text(), type);
        if (value == null) {
            throw Binding.wrong(
                    node, "is not " + (type.isEnum() ? "known" : name(type)) + ": expected " + expected(type));
        }
        return value;
    }

    private static @Nullable Object parse(String text, Class<?> type) {
        try {
            if (type == String.class) {
                return text;
            } else if (type == int.class || type == Integer.class) {
                return Integer.valueOf(text);
            } else if (type == OptionalInt.class) {
                return OptionalInt.of(Integer.parseInt(text));
            } else if (isNumber(type)) {
                var number = Double.parseDouble(text);
                var plain = Double.isFinite(number) && text.matches("[-+.eE0-9]+");
                return !plain ? null : type == OptionalDouble.class ? OptionalDouble.of(number) : (Object) number;
            } else if (type == Duration.class) {
                return Durations.parse(text);
            }
        } catch (NumberFormatException e) {
            return null;
        }
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> Binding.kebab(((Enum<?>) constant).name()).equals(text))
                .findFirst()
                .orElse(null);
    }

    private static boolean isNumber(Class<?> type) {
        return type == double.class || type == Double.class || type == OptionalDouble.class;
    }

    private static boolean isWhole(Class<?> type) {
        return type == int.class || type == Integer.class || type == OptionalInt.class;
    }

    private static String name(Class<?> type) {
        return isWhole(type) ? "a whole number" : type == Duration.class ? "a duration" : "a number";
    }

    /// What a message says it expected.
    static String expected(Type type) {
        if (type instanceof ParameterizedType) {
            return "a list";
        }
        var plain = (Class<?>) type;
        if (plain.isEnum()) {
            var names =
                    Arrays.stream(plain.getEnumConstants()).map(constant -> Binding.kebab(((Enum<?>) constant).name()));
            return "one of " + names.collect(Collectors.joining(", "));
        }
        if (plain == String.class) {
            return "text";
        }
        return plain.isRecord()
                ? "a block"
                : isWhole(plain)
                        ? "digits, such as 18"
                        : plain == Duration.class ? "one such as 500ms, 2s, 10m, 1h or 7d" : "one such as 0.05";
    }
}
