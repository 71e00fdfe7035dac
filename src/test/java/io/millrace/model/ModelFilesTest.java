package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.schema.VersionRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFilesTest {
    @TempDir
    private Path folder;

    private static List<VersionRecord> keyframe(int trips) {
        return new Publisher(Trips.SPEC, "main", 6, List.of()).cut(Trips.trained(Trips.SPEC, trips), 17);
    }

    @Nested
    class A_version_in_files {
        @Test
        void is_read_back_whole() throws IOException {
            var trainer = Trips.trained(Trips.SPEC, 80);
            var directory = folder.resolve("models/trips");

            ModelFiles.write(directory, new Publisher(Trips.SPEC, "main", 6, List.of()).cut(trainer, 17));
            var model = ModelFiles.read(directory);

            assertThat(model.name()).isEqualTo("main/7");
            assertThat(model.spec()).isEqualTo(Trips.SPEC);
            assertThat(Trips.weights(model)).containsExactly(trainer.cells().data);
        }

        @Test
        void replaces_the_one_before() throws IOException {
            ModelFiles.write(folder, keyframe(10));

            ModelFiles.write(folder, keyframe(20));

            assertThat(ModelFiles.read(folder).manifest().getExamples()).isEqualTo(20);
            try (var files = Files.list(folder)) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .containsExactlyInAnyOrder("version.avro", "manifest.json");
            }
        }

        @Test
        void tells_people_what_it_is() throws IOException {
            ModelFiles.write(folder, keyframe(10));

            var json = Files.readString(folder.resolve("manifest.json"));

            assertThat(json)
                    .contains("\"name\" : \"main/7\"", "\"examples\" : 10", "\"log-loss\" : ")
                    .contains("\"event_time\" : \"2000-06-03T03:43:00Z")
                    .contains("\"spec_hash\" : \"" + ManifestJson.hex(Trips.SPEC.hash()) + "\"")
                    .endsWith("}\n");
        }
    }

    @Nested
    class What_is_no_version {
        @Test
        void is_not_written() {
            var delta = Trips.versions(2).get(1);

            assertThatThrownBy(() -> ModelFiles.write(folder, delta))
                    .hasMessage("main/2: parent = 1 is wrong: expected a keyframe before it");
            assertThat(folder).isEmptyDirectory();
        }

        @Test
        void is_missed_with_the_name_of_its_file() {
            assertThatThrownBy(() -> ModelFiles.read(folder))
                    .isInstanceOf(VersionException.class)
                    .hasMessage(folder.resolve("version.avro")
                            + " is missing: expected a version written by millrace replay --out " + folder);
        }

        @Test
        void is_refused_with_the_name_of_its_file_wherever_a_byte_is_wrong() throws IOException {
            ModelFiles.write(folder, keyframe(10));
            var file = folder.resolve("version.avro");
            var bytes = Files.readAllBytes(file);
            var middle = bytes.length - 300; // within the manifest or the block's end

            Files.write(file, Arrays.copyOf(bytes, middle));

            assertThatThrownBy(() -> ModelFiles.read(folder))
                    .isInstanceOf(VersionException.class)
                    .hasMessageStartingWith(file + ": ");
        }

        @Test
        void may_be_another_file() throws IOException {
            Files.writeString(folder.resolve("version.avro"), "not Avro at all");

            assertThatThrownBy(() -> ModelFiles.read(folder))
                    .isInstanceOf(VersionException.class)
                    .hasMessageStartingWith(folder.resolve("version.avro") + ": ");
        }
    }
}
