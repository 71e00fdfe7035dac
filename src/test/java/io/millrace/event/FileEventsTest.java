package io.millrace.event;

import static io.millrace.event.Events.FLIGHT;
import static io.millrace.event.Events.LATE;
import static io.millrace.event.Events.avro;
import static io.millrace.event.Events.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.event.EventsConfig.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileEventsTest {
    private static final Map<String, String> COLUMNS = Map.of("date_epoch_minutes", "date");

    @TempDir
    Path directory;

    @Nested
    class For_a_topic_of_Avro {
        @Test
        void CSV_becomes_what_Avro_itself_would_write() throws IOException {
            var path =
                    write("a.csv", "date_epoch_minutes,delay,distance,origin,destination\n16305121,33,2176,LAS,PHL\n");

            assertThat(values(path, Format.AVRO, FLIGHT)).containsExactly(avro(FLIGHT, LATE));
        }

        @Test
        void an_empty_cell_becomes_null() throws IOException {
            var path = write("a.csv", "date,delay,distance,origin,destination\n16305121,,2176,LAS,PHL\n");
            var unlabelled = Map.<String, Object>of(
                    "date", 16_305_121L, "origin", "LAS", "destination", "PHL", "distance", 2176);

            assertThat(values(path, Format.AVRO, FLIGHT)).containsExactly(avro(FLIGHT, unlabelled));
        }

        @Test
        void JSON_becomes_what_Avro_itself_would_write() throws IOException {
            var path = write(
                    "a.jsonl",
                    "{\"date\": 16305121, \"origin\": \"LAS\", \"destination\": \"PHL\", \"distance\": 2176.0, \"delay\": 33}");

            assertThat(values(path, Format.AVRO, FLIGHT)).containsExactly(avro(FLIGHT, LATE));
        }

        @Test
        void all_types_are_written() throws IOException {
            var schema = record("""
                    {"name": "i", "type": "int"},
                    {"name": "f", "type": "float"},
                    {"name": "d", "type": ["null", "double"]},
                    {"name": "b", "type": "boolean"},
                    {"name": "y", "type": "bytes"},
                    {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["A", "BC"]}},
                    {"name": "u", "type": ["string", "int", "double"]}
                    """);
            var path = write("a.csv", "i,f,d,b,y,e,u\n-7,0.1,2.5,true,x,BC,3\n7,1,,false,,A,hi\n");

            assertThat(values(path, Format.AVRO, schema))
                    .map(value -> new GenericDatumReader<>(new Schema.Parser().parse(schema))
                            .read(null, DecoderFactory.get().binaryDecoder(value, null))
                            .toString())
                    .containsExactly(
                            "{\"i\": -7, \"f\": 0.1, \"d\": 2.5, \"b\": true, \"y\": \"x\", \"e\": \"BC\", \"u\": 3}",
                            "{\"i\": 7, \"f\": 1.0, \"d\": null, \"b\": false, \"y\": \"\", \"e\": \"A\", \"u\": \"hi\"}");
        }

        @Test
        void a_file_of_the_same_schema_goes_byte_for_byte() throws IOException {
            var schema = record("{\"name\": \"tags\", \"type\": {\"type\": \"array\", \"items\": \"string\"}}");
            var value = Map.<String, Object>of("tags", List.of("a", "b"));

            assertThat(values(avroFile(schema, value), Format.AVRO, schema)).containsExactly(avro(schema, value));
        }

        @Test
        void a_file_of_another_schema_is_rewritten() throws IOException {
            var other = record("""
                    {"name": "delay", "type": "double"}, {"name": "distance", "type": "long"},
                    {"name": "more", "type": {"type": "map", "values": "int"}},
                    {"name": "origin", "type": "string"}, {"name": "destination", "type": "string"},
                    {"name": "date", "type": "int"}
                    """);
            var value = Map.<String, Object>of(
                    "delay",
                    33.0,
                    "distance",
                    2176L,
                    "more",
                    Map.of("a", 1),
                    "origin",
                    "LAS",
                    "destination",
                    "PHL",
                    "date",
                    16_305_121);

            assertThat(values(avroFile(other, value), Format.AVRO, FLIGHT)).containsExactly(avro(FLIGHT, LATE));
        }

        @Test
        void a_value_that_does_not_fit_is_a_bad_event() throws IOException {
            var path = write("a.jsonl", "{\"date\": 1, \"origin\": 7, \"destination\": \"PHL\", \"distance\": 1}");

            assertThatThrownBy(() -> values(path, Format.AVRO, FLIGHT))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("origin = 7 does not fit the Avro type \"string\"");
        }

        @Test
        void a_missing_value_that_can_not_be_null_is_a_bad_event() throws IOException {
            var path = write("a.jsonl", "{\"date\": 1, \"destination\": \"PHL\", \"distance\": 1}");

            assertThatThrownBy(() -> values(path, Format.AVRO, FLIGHT))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("origin = null does not fit the Avro type \"string\"");
        }
    }

    @Nested
    class For_a_topic_of_JSON {
        @Test
        void CSV_becomes_objects_without_the_missing_fields() throws IOException {
            var path = write(
                    "a.csv", "date_epoch_minutes,delay,note,zip\n16305121,-1.50,\"say \"\"hi\"\" 東京\",007\n1,,,\n");

            assertThat(texts(path, null))
                    .containsExactly(
                            "{\"date\":16305121,\"delay\":-1.5,\"note\":\"say \\\"hi\\\" 東京\",\"zip\":\"007\"}",
                            "{\"date\":1}");
        }

        @Test
        void a_schema_gives_CSV_its_types() throws IOException {
            var schema = record("{\"name\": \"zip\", \"type\": \"string\"}, {\"name\": \"b\", \"type\": \"boolean\"}");
            var path = write("a.csv", "zip,b,c\n12345,true,x\n");

            assertThat(texts(path, schema)).containsExactly("{\"zip\":\"12345\",\"b\":true}");
        }

        @Test
        void JSON_goes_byte_for_byte() throws IOException {
            var path = write("a.json", "{ \"delay\" : 1e400, \"x\": [] }\n{\n");

            assertThat(texts(path, null)).containsExactly("{ \"delay\" : 1e400, \"x\": [] }", "{");
        }

        @Test
        void Avro_becomes_objects() throws IOException {
            assertThat(texts(avroFile(FLIGHT, LATE), null))
                    .containsExactly(
                            "{\"date\":16305121,\"origin\":\"LAS\",\"destination\":\"PHL\",\"distance\":2176,\"delay\":33}");
        }

        @Test
        void a_number_that_JSON_has_no_word_for_is_a_bad_event() throws IOException {
            var schema = record("{\"name\": \"d\", \"type\": \"double\"}");

            assertThatThrownBy(() -> texts(avroFile(schema, Map.of("d", Double.NaN)), null))
                    .isInstanceOf(BadEvent.class)
                    .hasMessage("d = NaN is not a finite number");
        }

        private List<String> texts(Path path, String schema) throws IOException {
            return values(path, Format.JSON, schema).stream()
                    .map(value -> new String(value, UTF_8))
                    .toList();
        }
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private Path avroFile(String schema, Map<String, Object> values) throws IOException {
        var path = directory.resolve("a.avro");
        var parsed = new Schema.Parser().parse(schema);
        try (var writer = new DataFileWriter<>(new GenericDatumWriter<>(parsed))) {
            writer.create(parsed, path.toFile());
            var record = new GenericData.Record(parsed);
            values.forEach(record::put);
            writer.append(record);
        }
        return path;
    }

    private static List<byte[]> values(Path path, Format format, String schema) throws IOException {
        var values = new ArrayList<byte[]>();
        try (var events = FileEvents.open(path, format, schema, COLUMNS, Set.of())) {
            while (events.next()) {
                values.add(events.value());
            }
        }
        return values;
    }
}
