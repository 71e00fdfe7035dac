package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {
    private static final Path FILE = Path.of("client.properties");

    @TempDir
    private Path folder;

    @Test
    void come_from_files() throws IOException {
        var secret = Files.writeString(folder.resolve("secret"), "a$1\\b\n");

        var value = Secrets.expand("user:${file:" + secret + "};", "x", FILE);

        assertThat(value).isEqualTo("user:a$1\\b;");
    }

    @Test
    void come_from_the_environment() {
        assertThat(Secrets.expand("${env:PATH}", "x", FILE)).isEqualTo(System.getenv("PATH"));
    }

    @Test
    void are_missed_by_name() {
        assertThatThrownBy(() -> Secrets.expand("${env:MILLRACE_NOT_SET}", "ssl.key.password", FILE))
                .hasMessage("ssl.key.password = ${env:MILLRACE_NOT_SET} is not set: expected an environment variable\n"
                        + "  in client.properties");
        assertThatThrownBy(() -> Secrets.expand("${file:/nope}", "ssl.key.password", FILE))
                .hasMessage("ssl.key.password = ${file:/nope} can't be read: expected a file\n  in client.properties");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ssl.key.password | hush",
                "ssl.keystore.key | -----BEGIN PRIVATE KEY-----",
                "ssl.truststore.password | ${file:a} hush",
                "producer.ssl.truststore.password | hush",
                "sasl.oauthbearer.client.credentials.client.secret | hush",
                "some.plugin.password | hush",
                "sasl.jaas.config | X required username=\"${env:U}\" password=\"hush\";",
                "sasl.jaas.config | X required password='hush';",
                "sasl.jaas.config | X required password=hush;",
                "sasl.jaas.config | X required password=\"a\\\"${env:P}\";",
                "sasl.jaas.config | X required clientSecret = \"hush\" ;",
                "listener.name.x.sasl.jaas.config | X required password=\"hush\";"
            })
    void in_plain_text_are_seen(String name, String value) {
        assertThat(Secrets.isPlain(name, value)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ssl.key.password | ${env:P}",
                "ssl.keystore.key | ${file:key.pem}",
                "ssl.truststore.certificates | -----BEGIN CERTIFICATE-----",
                "ssl.keystore.certificate.chain | -----BEGIN CERTIFICATE-----",
                "ssl.truststore.password | ${vault:kafka:trust}",
                "sasl.jaas.config | X required username=\"anna\" password=\"${file:p}\";",
                "sasl.jaas.config | ${file:jaas.conf}",
                "sasl.jaas.config | Krb5LoginModule required useKeyTab=true keyTab=\"/etc/k\";",
                "bootstrap.servers | broker:9092",
                "ssl.keystore.location | /etc/password/store.p12"
            })
    void elsewhere_are_no_fault(String name, String value) {
        assertThat(Secrets.isPlain(name, value)).isFalse();
    }

    @Test
    void are_escaped_within_a_login_configuration() throws IOException {
        var secret = Files.writeString(folder.resolve("secret"), "a\"b\\c\nd");

        var value = Secrets.expand("X required password=\"${file:" + secret + "}\";", "sasl.jaas.config", FILE);

        assertThat(value).isEqualTo("X required password=\"a\\\"b\\\\c\\nd\";");
    }

    @Test
    void that_are_a_whole_login_configuration_stay_as_they_are() throws IOException {
        var secret = Files.writeString(folder.resolve("secret"), "X required password=\"a\";");

        assertThat(Secrets.expand("${file:" + secret + "}", "sasl.jaas.config", FILE))
                .isEqualTo("X required password=\"a\";");
    }

    @Test
    void need_quotes_within_a_login_configuration() {
        assertThatThrownBy(() -> Secrets.expand("X required password=${env:PATH};", "sasl.jaas.config", FILE))
                .hasMessage("sasl.jaas.config holds ${env:PATH} without quotes: expected \"${env:PATH}\"\n"
                        + "  in client.properties");
    }

    @Test
    void leave_other_text_alone() {
        assertThat(Secrets.expand("$x {y} ${z}", "x", FILE)).isEqualTo("$x {y} ${z}");
    }
}
