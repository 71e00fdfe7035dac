package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.replay.FlightFiles;
import io.millrace.spec.SpecReader;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// docs/adding.md, done as it says: its classes are compiled with the lines put in, and each learns flights.
class AddingTest {
    private static final Path CONFIG = Path.of("src/main/java/io/millrace/learn/LearnConfig.java");
    private static final Pattern SECTION = Pattern.compile(
            "```java\n(package .*?)```.*?in `(\\w+Kind)`.*?```java\n(.*?)```.*?```yaml\n(.*?)```", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("(?:record|final class) (\\w+)");
    private static final Pattern LOSS = Pattern.compile("(?m)^train +(model|constant) +.*?(?:log-loss|mae) ([0-9.]+)");

    @TempDir
    Path dir;

    @Test
    void takes_one_class_and_one_line() throws Exception {
        var sections = SECTION.matcher(Files.readString(Path.of("docs/adding.md")))
                .results()
                .toList();
        assertThat(sections).hasSize(3);
        compile(sections);
        var flights = FlightFiles.write(dir.resolve("flights.csv"), FlightFiles.rows(20_000, 7));

        for (var section : sections) {
            var printed = replay(spec(section.group(4)), flights.toString());

            var losses = LOSS.matcher(printed).results().toList();
            assertThat(losses).as(printed).hasSize(2);
            assertThat(Double.parseDouble(losses.get(0).group(2)))
                    .as(section.group(4) + printed)
                    .isLessThan(0.97 * Double.parseDouble(losses.get(1).group(2)));
        }
    }

    private void compile(List<MatchResult> sections) throws IOException {
        var config = Files.readString(CONFIG);
        var sources = new ArrayList<String>();
        for (var section : sections) {
            var name = NAME.matcher(section.group(1));
            assertThat(name.find()).isTrue();
            sources.add(Files.writeString(dir.resolve(name.group(1) + ".java"), section.group(1))
                    .toString());
            config = config.replace(
                    "public enum " + section.group(2) + " {",
                    "public enum " + section.group(2) + " {\n" + section.group(3));
        }
        sources.add(Files.writeString(dir.resolve("LearnConfig.java"), config).toString());
        var arguments = new ArrayList<>(List.of(
                "-d", classes().toString(), "-cp", System.getProperty("java.class.path"), "-proc:none", "-nowarn"));
        arguments.addAll(sources);
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
    }

    private Path classes() throws IOException {
        return Files.createDirectories(dir.resolve("classes"));
    }

    private String spec(String learn) throws IOException {
        var text = SpecReader.resourceText("flights.yaml");
        text = text.substring(0, text.indexOf("learn:")) + learn;
        if (learn.contains("log-cosh")) {
            text = text.replace("{ field: delay, above: 15 }", "{ field: delay }");
        }
        return Files.writeString(dir.resolve("spec.yaml"), text).toString();
    }

    /// By all classes of the project anew, so that those compiled here take the place of theirs.
    private String replay(String spec, String file) throws Exception {
        var urls = new URL[] {
            classes().toUri().toURL(),
            Path.of("target/classes").toUri().toURL(),
            Path.of("target/test-classes").toUri().toURL()
        };
        try (var loader = new Own(urls)) {
            var millrace = loader.loadClass(Called.class.getName()).getDeclaredMethod("millrace", String[].class);
            millrace.setAccessible(true);
            Object arguments = new String[] {"replay", "--spec", spec, "--train-share", "all", file};
            var called = millrace.invoke(null, arguments);
            var out = called.getClass().getDeclaredMethod("out");
            out.setAccessible(true);
            var printed = called.toString();
            assertThat(printed).contains("exitCode=0");
            return (String) out.invoke(called);
        }
    }

    private static final class Own extends URLClassLoader {
        Own(URL[] urls) {
            super(urls, AddingTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("io.millrace.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                var loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }
    }
}
