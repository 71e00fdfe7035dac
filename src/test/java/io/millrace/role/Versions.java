package io.millrace.role;

import io.millrace.event.Wire;
import io.millrace.kafka.TestBroker;
import io.millrace.model.Model;
import io.millrace.model.VersionReader;
import io.millrace.schema.VersionRecord;
import java.util.function.Consumer;

/// The versions of a model as their topic has them.
final class Versions {
    private Versions() {}

    /// Folds the whole topic and shows each version in turn.
    static void read(TestModel model, Consumer<Model> each) {
        var reader = new VersionReader();
        for (var record : TestBroker.readAll(model.topic("versions"))) {
            var version = reader.accept(Wire.decode(VersionRecord.getDecoder(), record.value()));
            if (version != null) {
                each.accept(version);
            }
        }
        if (reader.refused() > 0) {
            throw new IllegalStateException(reader.reason());
        }
    }
}
