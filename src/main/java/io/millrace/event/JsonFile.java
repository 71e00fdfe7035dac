package io.millrace.event;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/// JSON lines: an object a line.
final class JsonFile extends LineFile {
    private final JsonDecoder decoder;

    JsonFile(InputStream in, Path path, Fields fields) throws IOException {
        super(in, path, false);
        decoder = new JsonDecoder(fields);
    }

    @Override
    public EventDecoder decoder() {
        return decoder;
    }
}
