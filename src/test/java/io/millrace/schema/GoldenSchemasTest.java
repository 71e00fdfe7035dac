package io.millrace.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.event.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is on Kafka stays readable.
class GoldenSchemasTest {
    @BeforeAll
    static void write() throws IOException {
        if ("write".equals(System.getProperty("millrace.golden"))) {
            GoldenSchemas.write();
        }
        Wire.trust();
    }

    static Stream<String> today() {
        return GoldenSchemas.today().keySet().stream();
    }

    /// In `@BeforeAll` nothing is published yet when these are written first: so those of today count too.
    static Stream<String> published() {
        return Stream.concat(today(), GoldenSchemas.names().stream()).distinct();
    }

    private static List<GenericRecord> decode(String name, Schema reader) throws IOException {
        var decoder = new BinaryMessageDecoder<GenericRecord>(GenericData.get(), reader);
        decoder.addSchema(GoldenSchemas.schema(name));
        var records = new ArrayList<GenericRecord>();
        for (var bytes : GoldenSchemas.samples(name)) {
            records.add(decoder.decode(bytes));
        }
        return records;
    }

    @ParameterizedTest
    @MethodSource("today")
    void each_schema_has_its_golden_files(String name) {
        assertThat(GoldenSchemas.published(name))
                .as("schemas/%s.avsc: %s", name, GoldenSchemas.COMMAND)
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("published")
    void each_schema_that_was_published_is_still_there(String name) {
        assertThat(GoldenSchemas.today()).containsKey(GoldenSchemas.subject(name));
    }

    @ParameterizedTest
    @MethodSource("published")
    void golden_bytes_are_the_records_they_were(String name) throws IOException {
        var golden = GoldenSchemas.schema(name);

        var records = decode(name, golden);

        assertThat(records).isNotEmpty().isEqualTo(SampleRecords.of(golden));
    }

    @ParameterizedTest
    @MethodSource("published")
    void golden_records_become_the_same_bytes_again(String name) throws IOException {
        var golden = GoldenSchemas.schema(name);

        var bytes = decode(name, golden).stream()
                .map(record -> GoldenSchemas.encode(golden, record))
                .toList();

        assertThat(bytes).isNotEmpty().containsExactlyElementsOf(GoldenSchemas.samples(name));
    }

    @ParameterizedTest
    @MethodSource("published")
    void golden_records_are_readable_by_the_schema_of_today(String name) {
        var compatibility = SchemaCompatibility.checkReaderWriterCompatibility(
                GoldenSchemas.today().get(GoldenSchemas.subject(name)), GoldenSchemas.schema(name));

        assertThat(compatibility.getType())
                .as(compatibility.getDescription())
                .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
    }

    @ParameterizedTest
    @MethodSource("published")
    void golden_records_are_readable_by_the_class_of_today(String name) throws Exception {
        var schema = GoldenSchemas.today().get(GoldenSchemas.subject(name));
        var type = Class.forName(schema.getFullName());
        var data = SpecificData.getForClass(type);
        var decoder = new BinaryMessageDecoder<>(data, data.getSchema(type));
        decoder.addSchema(GoldenSchemas.schema(name));
        var encoder = new BinaryMessageEncoder<>(data, data.getSchema(type));

        for (var bytes : GoldenSchemas.samples(name)) {
            var record = decoder.decode(bytes);

            assertThat(record).isInstanceOf(type);
            var again = encoder.encode(record);
            var generic = new BinaryMessageDecoder<GenericRecord>(GenericData.get(), schema).decode(again);
            assertThat(decode(name, schema)).contains(generic);
        }
    }

    /// As the program reads them: its own decoders, which are told of older schemas where there are any.
    @ParameterizedTest
    @MethodSource("published")
    void golden_records_are_readable_by_the_decoder_of_the_program(String name) throws Exception {
        var type = Class.forName(
                GoldenSchemas.today().get(GoldenSchemas.subject(name)).getFullName());
        var decoder = (BinaryMessageDecoder<?>) type.getMethod("getDecoder").invoke(null);

        for (var bytes : GoldenSchemas.samples(name)) {
            assertThat(Wire.decode(decoder, bytes)).isInstanceOf(type);
        }
    }
}
