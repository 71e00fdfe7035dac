package io.millrace;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The folder list is the pipeline, and each folder looks upstream only.
class PackagesTest {
    /// What each package may import of ours; `schema`, the generated records, is open to all.
    private static final Map<String, Set<String>> IMPORTS = Map.ofEntries(
            row("schema"),
            row("event"),
            row("feature", "event"),
            row("split", "event", "feature"),
            row("kernel"),
            row("evaluate"),
            row("learn", "feature", "kernel", "evaluate"),
            row("spec", "event", "feature", "split", "learn", "evaluate"),
            row("model", "event", "feature", "learn", "evaluate", "spec"),
            row("role", "event", "feature", "split", "kernel", "learn", "evaluate", "spec", "model"),
            row("replay", "event", "feature", "split", "kernel", "learn", "evaluate", "spec", "model"),
            row("serve", "event", "feature", "spec", "model"),
            row("sagemaker", "spec", "replay", "serve"),
            row("broker"),
            row("cli", "..")); // everything

    /// What only some packages may import of others.
    private static final Map<String, Set<String>> CONFINED = Map.of(
            "org.apache.kafka..", Set.of("event", "model", "role", "replay", "broker", "cli"),
            "jdk.incubator.vector..", Set.of("kernel"),
            "org.lwjgl..", Set.of("kernel"));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.millrace");

    private static Map.Entry<String, Set<String>> row(String name, String... imports) {
        return Map.entry(name, Set.of(imports));
    }

    static Stream<String> packages() {
        return new TreeSet<>(IMPORTS.keySet()).stream();
    }

    static Stream<String> confined() {
        return new TreeSet<>(CONFINED.keySet()).stream();
    }

    private static String[] ours(Stream<String> names) {
        return names.map(name -> name.equals("..") ? "io.millrace.." : "io.millrace." + name + "..")
                .toArray(String[]::new);
    }

    @Test
    void are_all_in_the_table() {
        var found = CLASSES.stream()
                .map(type -> type.getPackageName().split("\\.", -1))
                .map(parts -> parts.length > 2 ? parts[2] : "")
                .collect(toSet());

        assertThat(IMPORTS.keySet()).containsAll(found);
    }

    @ParameterizedTest
    @MethodSource("packages")
    void import_only_what_the_table_allows(String name) {
        var allowed = ours(Stream.concat(Stream.of(name, "schema"), IMPORTS.get(name).stream()));

        classes()
                .that(resideInAnyPackage(ours(Stream.of(name))))
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage("io.millrace..")).or(resideInAnyPackage(allowed)))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @ParameterizedTest
    @MethodSource("confined")
    void keep_some_libraries_to_themselves(String library) {
        noClasses()
                .that(resideInAPackage("io.millrace..")
                        .and(not(resideInAnyPackage(ours(CONFINED.get(library).stream())))))
                .should()
                .dependOnClassesThat(resideInAPackage(library))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void have_no_cycles() {
        slices().matching("io.millrace.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void say_that_nothing_is_null_unless_marked() {
        var unmarked = CLASSES.stream()
                .map(type -> type.getPackage())
                .filter(found -> !found.getName().equals("io.millrace.schema"))
                .filter(found -> !found.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName)
                .collect(toSet());

        assertThat(unmarked).isEmpty();
    }
}
