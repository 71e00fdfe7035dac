package io.millrace.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `defaults.yaml` is the reference of the spec.
class DefaultsTest {
    private static final String DEFAULTS = SpecReader.resourceText("defaults.yaml");

    static Stream<String> keys() {
        return keys(Spec.class).filter(key -> !key.equals("schema-text")).distinct();
    }

    private static Stream<String> keys(Class<?> type) {
        if (type.isSealed() && type.isInterface()) {
            return Stream.of(type.getPermittedSubclasses())
                    .flatMap(kind -> Stream.of(Binding.kebab(kind.getSimpleName())));
        }
        return Stream.of(type.isRecord() ? type.getRecordComponents() : new java.lang.reflect.RecordComponent[0])
                .flatMap(component -> Stream.concat(
                        Stream.of(Binding.kebab(component.getName())), keys(inner(component.getGenericType()))));
    }

    private static Class<?> inner(Type type) {
        return type instanceof ParameterizedType generic ? inner(generic.getActualTypeArguments()[0]) : (Class<?>) type;
    }

    @ParameterizedTest
    @MethodSource("keys")
    void explain_every_key(String key) {
        assertThat(DEFAULTS).containsPattern("(?m)^\\s*(# )?(- )?\\s*" + key + ":");
    }
}
