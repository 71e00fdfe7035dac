package io.millrace.kafka;

import io.millrace.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// A broker of its own that speaks SASL over TLS only and allows nothing that no ACL allows: certificate by the JDK's
/// keytool, user names and passwords (SASL/PLAIN), and [RecordingAuthorizer]. `admin` may do everything.
public final class SecureBroker implements AutoCloseable {
    /// Who may do everything.
    public static final String ADMIN = "admin";

    private static final String STORE_PASSWORD = "hush-store-hush";

    private final Path directory;
    private final EmbeddedBroker broker;

    /// @param directory for everything it needs, properties of its clients too
    public SecureBroker(Path directory, Collection<String> users) throws IOException, InterruptedException {
        this.directory = directory;
        makeStores();
        var all = new ArrayList<>(users);
        all.add(ADMIN);
        broker = EmbeddedBroker.start(directory.resolve("data"), 0, settings(all));
        for (var user : all) {
            Files.writeString(directory.resolve(user + ".password"), password(user) + "\n");
            writeClient(user, user + ".password");
        }
        Files.writeString(directory.resolve("store.password"), STORE_PASSWORD);
    }

    /// What nobody may ever read in an output: it has what quoted text must escape.
    public static String password(String user) {
        return "hush-\"" + user + "\\hush";
    }

    /// Whether a text holds a secret of this broker or its clients, or the beginning or end of one.
    public static boolean isTold(String text) {
        return text.contains("hush");
    }

    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    /// Where the properties of a user's clients are.
    public Path client(String user) {
        return directory.resolve(user + ".properties");
    }

    /// Properties of clients of a user with the password that is in a file.
    ///
    /// @param password name of the file
    public Path writeClient(String user, String password) throws IOException {
        return Files.writeString(client(user), """
                bootstrap.servers=%s
                security.protocol=SASL_SSL
                sasl.mechanism=PLAIN
                sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \\
                  username="%s" password="${file:%s}";
                ssl.truststore.location=%s
                ssl.truststore.password=${file:%s}
                """.formatted(
                        bootstrapServers(),
                        user,
                        directory.resolve(password),
                        directory.resolve("trust.p12"),
                        directory.resolve("store.password")));
    }

    private Map<String, String> settings(List<String> users) {
        var accounts = users.stream()
                .map(user -> " user_" + user + "=\"" + escaped(password(user)) + "\"")
                .collect(Collectors.joining());
        return Map.ofEntries(
                Map.entry("listener.security.protocol.map", "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT"),
                Map.entry("sasl.enabled.mechanisms", "PLAIN"),
                Map.entry("sasl.mechanism.inter.broker.protocol", "PLAIN"),
                Map.entry(
                        "listener.name.plaintext.plain.sasl.jaas.config",
                        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + ADMIN
                                + "\" password=\"" + escaped(password(ADMIN)) + "\"" + accounts + ";"),
                Map.entry("ssl.keystore.location", directory.resolve("key.p12").toString()),
                Map.entry("ssl.keystore.password", STORE_PASSWORD),
                Map.entry("ssl.key.password", STORE_PASSWORD),
                Map.entry(
                        "ssl.truststore.location",
                        directory.resolve("trust.p12").toString()),
                Map.entry("ssl.truststore.password", STORE_PASSWORD),
                Map.entry("authorizer.class.name", RecordingAuthorizer.class.getName()),
                // the controller's listener, which only this process knows, has no names
                Map.entry("super.users", "User:" + ADMIN + ";User:ANONYMOUS"));
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private void makeStores() throws IOException, InterruptedException {
        keytool("-genkeypair -alias broker -keyalg EC -dname CN=localhost -ext SAN=ip:127.0.0.1 -keystore key.p12");
        keytool("-exportcert -alias broker -file broker.crt -keystore key.p12");
        keytool("-importcert -noprompt -alias broker -file broker.crt -keystore trust.p12");
    }

    private void keytool(String arguments) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments.split(" ")));
        command.addAll(List.of("-storepass", STORE_PASSWORD));
        var process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("keytool failed: " + output);
        }
    }

    @Override
    public void close() {
        broker.close();
    }
}
