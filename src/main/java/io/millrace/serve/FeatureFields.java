package io.millrace.serve;

import io.millrace.event.BadEvent;
import io.millrace.event.Fields;
import io.millrace.spec.Spec;
import java.util.Set;

/// The fields that an instance may have: those that features read, in the order of the spec. The others that the spec
/// names
/// (label, id, group, time) are passed over, so that an event as it is makes an instance.
final class FeatureFields {
    final Fields fields;
    private final String model;
    private final Set<String> named;

    FeatureFields(Spec spec) {
        fields = new Fields(spec.features().stream()
                        .flatMap(feature -> feature.fields().stream())
                        .distinct()
                        .toList())
                .redacting(spec.events().redacted());
        model = spec.model();
        named = Set.copyOf(spec.fields().names());
    }

    boolean isNamed(String name) {
        return named.contains(name);
    }

    /// @throws BadEvent if the spec does not name the field: a typo must not score silently
    void requireNamed(String name) {
        if (!isNamed(name)) {
            throw new BadEvent(BadEvent.quote(name) + " is no field of " + model + ": expected one of " + list());
        }
    }

    String list() {
        return String.join(", ", fields.names());
    }
}
