package io.millrace.model;

/// Which Millrace this is.
final class Software {
    private Software() {}

    /// `millrace 0.1.0`: the version in the jar's manifest; classes outside a jar have none.
    static String version() {
        var version = Software.class.getPackage().getImplementationVersion();
        return "millrace " + (version == null ? "(not packaged)" : version);
    }
}
