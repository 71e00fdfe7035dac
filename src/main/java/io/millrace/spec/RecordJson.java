package io.millrace.spec;

import java.io.StringWriter;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Records to JSON, in the order of their components and by the rules of [Binding], which reads it back.
final class RecordJson {
    private static final JsonFactory JSON = new JsonFactory();

    private RecordJson() {}

    /// @param without keys of the outermost record to leave out
    static String write(Record record, Set<String> without) {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            record(json, record, without);
        }
        return text.toString();
    }

    private static void record(JsonGenerator json, Record record, Set<String> without) {
        json.writeStartObject();
        var variant = record.getClass().getInterfaces().length == 0
                ? null
                : Binding.kebab(record.getClass().getSimpleName());
        for (var component : record.getClass().getRecordComponents()) {
            var key = variant == null ? Binding.kebab(component.getName()) : variant;
            variant = null;
            var value = without.contains(key) ? null : present(read(component, record));
            if (value != null) {
                json.writeName(key);
                value(json, value);
            }
        }
        json.writeEndObject();
    }

    private static @Nullable Object read(RecordComponent component, Record record) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("can't read " + component, e);
        }
    }

    private static @Nullable Object present(@Nullable Object value) {
        return switch (value) {
            case Optional<?> optional -> optional.orElse(null);
            case OptionalInt optional -> optional.isPresent() ? (Object) optional.getAsInt() : null;
            case OptionalDouble optional -> optional.isPresent() ? (Object) optional.getAsDouble() : null;
            case null, default -> value;
        };
    }

    private static void value(JsonGenerator json, Object value) {
        switch (value) {
            case Record record -> record(json, record, Set.of());
            case List<?> list -> {
                json.writeStartArray();
                list.forEach(item -> value(json, item));
                json.writeEndArray();
            }
            case Integer number -> json.writeNumber(number);
            case Double number -> json.writeNumber(number);
            case Duration duration -> json.writeString(Durations.format(duration));
            case Enum<?> constant -> json.writeString(Binding.kebab(constant.name()));
            case String text -> json.writeString(text);
            default -> throw new IllegalStateException("no JSON for a " + value.getClass());
        }
    }
}
