package io.millrace.serve;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/// What instances and predictions are written in.
enum MediaType {
    JSON("application/json"),
    CSV("text/csv");

    private static final String EXPECTED = "application/json or text/csv";

    final String text;

    MediaType(String text) {
        this.text = text;
    }

    /// The type of a request's body. Its parameters are legal and of no account (contract S10), but a charset must be
    /// UTF-8 or a
    /// part of it.
    ///
    /// @throws Problem 415
    static MediaType ofContent(HttpFields headers) {
        var value = headers.get("Content-Type") != null ? headers.get("Content-Type") : headers.get("ContentType");
        if (value == null) {
            throw unsupported("Content-Type is missing: expected " + EXPECTED);
        }
        var found = named(value);
        if (found == null) {
            throw unsupported("Content-Type = " + quote(value) + " is not supported: expected " + EXPECTED);
        }
        var charset = charset(value);
        if (!List.of("utf-8", "utf8", "us-ascii").contains(charset)) {
            throw unsupported("charset = " + quote(charset) + " is not supported: expected utf-8");
        }
        return found;
    }

    /// The first type of `Accept` that can be had; JSON where there is no such header. Parameters are stripped, `q`
    /// among them
    /// (contract S9).
    ///
    /// @throws Problem 406
    static MediaType accepted(HttpFields headers) {
        var wanted = headers.getValuesList("Accept").stream()
                .flatMap(value -> Stream.of(value.split(",", -1)))
                .map(MediaType::withoutParameters)
                .filter(name -> !name.isEmpty())
                .toList();
        if (wanted.isEmpty()) {
            return JSON;
        }
        for (var name : wanted) {
            switch (name) {
                case "application/json", "application/*", "*/*" -> {
                    return JSON;
                }
                case "text/csv", "text/*" -> {
                    return CSV;
                }
                default -> {}
            }
        }
        throw Problem.of(
                HttpStatus.NOT_ACCEPTABLE_406,
                "Not acceptable",
                "Accept = " + quote(String.join(", ", wanted)) + " can't be had: expected " + EXPECTED);
    }

    private static @Nullable MediaType named(String value) {
        var name = withoutParameters(value);
        return Stream.of(values())
                .filter(type -> type.text.equals(name))
                .findFirst()
                .orElse(null);
    }

    private static String charset(String value) {
        return Stream.of(value.split(";", -1))
                .map(parameter -> parameter.strip().toLowerCase(Locale.ROOT))
                .filter(parameter -> parameter.startsWith("charset="))
                .map(parameter -> parameter.substring("charset=".length()).replace("\"", ""))
                .findFirst()
                .orElse("utf-8");
    }

    private static String withoutParameters(String value) {
        return value.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    private static Problem unsupported(String detail) {
        return Problem.of(HttpStatus.UNSUPPORTED_MEDIA_TYPE_415, "Unsupported media type", detail);
    }

    private static String quote(String value) {
        return io.millrace.event.BadEvent.quote(value);
    }
}
