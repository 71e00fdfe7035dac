package io.millrace.compose;

import static com.networknt.schema.SpecificationVersion.DRAFT_2019_09;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What can be known of `compose/` without an engine to run it.
class ComposeTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Path FOLDER = Path.of("compose");

    private final JsonNode compose = yaml("compose.yaml");

    @Test
    void follows_the_specification() throws IOException {
        var text = Files.readString(Path.of("src/test/resources/compose/compose-spec.json"));
        // Its ids are spelt as draft 4 did, and nothing refers to them.
        var specification = JSON.readTree(text.replaceAll("\"id\": \".*\",", ""));
        var schema = SchemaRegistry.withDefaultDialect(DRAFT_2019_09).getSchema(specification);

        // The schema is older than this one key.
        assertThat(((ObjectNode) compose).remove("name").asString()).isEqualTo("millrace");
        assertThat(schema.validate(compose)).isEmpty();
    }

    @Test
    void mounts_what_is_there() {
        var mounts = services()
                .flatMap(service -> service.path("volumes").valueStream())
                .map(volume -> volume.asString().split(":", -1)[0]);

        assertThat(mounts).isNotEmpty().allMatch(this::exists);
    }

    private boolean exists(String source) {
        return source.startsWith(".")
                ? Files.exists(FOLDER.resolve(source))
                : compose.at("/volumes").has(source);
    }

    @Test
    void publishes_ports_to_this_machine_only() {
        var ports = services().flatMap(service -> service.path("ports").valueStream());

        assertThat(ports).isNotEmpty().allMatch(port -> port.asString().startsWith("127.0.0.1:"));
    }

    @Test
    void has_each_host_that_is_named() {
        var files = Stream.of("compose.yaml", "prometheus.yml", "grafana/provisioning/datasources/prometheus.yaml")
                .map(ComposeTest::text);
        var hosts = files.flatMap(file -> all("([a-z]+):(?:8080|9090|9092|9093)\\b", file));

        assertThat(hosts.filter(host -> !host.equals("localhost")))
                .contains("kafka", "serve", "prometheus")
                .allMatch(compose.at("/services")::has);
    }

    @Test
    void runs_every_role() throws IOException {
        var help = Files.readString(Path.of("src/test/resources/help/millrace-run.txt"));
        var roles = all("Of ([a-z, ]+), with commas between", help)
                .flatMap(words -> Stream.of(words.split(", ", -1)))
                .toList();

        assertThat(roles).contains("split", "serve");
        assertThat(roles)
                .allSatisfy(role -> assertThat(compose.at("/services/" + role + "/command")
                                .valueStream()
                                .map(JsonNode::asString))
                        .containsSequence("run", "--roles", role));
    }

    @Test
    void builds_from_the_distribution() {
        var dockerfile = text("Dockerfile");

        var copied = all("(?m)^COPY (.*) \\S+$", dockerfile);
        var entrypoint = all("(?m)^ENTRYPOINT \\[\"/opt/millrace/(.*)\"\\]$", dockerfile);

        assertThat(copied).containsExactly("target/millrace");
        assertThat(text("Dockerfile.dockerignore")).contains("\n!target/millrace\n");
        assertThat(entrypoint)
                .singleElement()
                .satisfies(file -> assertThat(Path.of("src/main/dist", file)).isExecutable());
        assertThat(services()
                        .map(service -> service.at("/build/dockerfile").asString(""))
                        .filter(file -> !file.isEmpty()))
                .isNotEmpty()
                .allMatch(file -> Files.exists(FOLDER.resolve("..").resolve(file)));
    }

    @Test
    void shows_panels_of_the_data_source_it_provisions() {
        var source = yaml("grafana/provisioning/datasources/prometheus.yaml").at("/datasources/0/uid");
        var panels = JSON.readTree(text("grafana/dashboards/millrace.json")).at("/panels");

        assertThat(panels.valueStream())
                .isNotEmpty()
                .allMatch(panel -> panel.at("/datasource/uid").equals(source))
                .allMatch(panel -> panel.at("/targets/0/expr").asString().contains("millrace_"));
    }

    private Stream<JsonNode> services() {
        return compose.at("/services").valueStream();
    }

    private static Stream<String> all(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().map((MatchResult match) -> match.group(1));
    }

    private static JsonNode yaml(String file) {
        var settings = LoadSettings.builder().setSchema(new CoreSchema()).build(); // it knows "<<"
        return JSON.valueToTree((Map<?, ?>) new Load(settings).loadFromString(text(file)));
    }

    private static String text(String file) {
        try {
            return Files.readString(FOLDER.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
