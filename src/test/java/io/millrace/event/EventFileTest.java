package io.millrace.event;

import static io.millrace.event.Events.FLIGHT;
import static io.millrace.event.Events.fields;
import static io.millrace.event.Events.record;
import static io.millrace.event.Events.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.Seed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventFileTest {
    private static final Fields FIELDS = fields("date", "origin", "delay");

    @TempDir
    Path directory;

    @Nested
    class A_CSV_file {
        private static final String CSV = """
                date_epoch_minutes,delay,distance,origin,destination
                16305121,33,2176,LAS,PHL
                16305122,,215,"ATL, GA",SAV
                """;

        @ParameterizedTest
        @ValueSource(strings = {"flights.csv", "flights.csv.gz", "FLIGHTS.CSV.GZ"})
        void gives_its_rows_by_the_names_of_its_header(String name) throws IOException {
            var path = write(name, CSV);

            assertThat(read(path, Map.of("date_epoch_minutes", "date")))
                    .containsExactly("16305121 LAS 33", "16305122 ATL, GA null");
        }

        @ParameterizedTest
        @ValueSource(strings = {"\r\n", "\n\n", "\r\n\r\n"})
        void may_have_other_line_ends_and_blank_lines(String end) throws IOException {
            var path = write("a.csv", "date,origin,delay" + end + "1,A,2" + end + "3,B,4");

            assertThat(read(path)).containsExactly("1 A 2", "3 B 4");
        }

        @Test
        void may_begin_with_a_byte_order_mark() throws IOException {
            var path = write("a.csv", "\ufeffdate,origin,delay\n1,A,2\n");

            assertThat(read(path)).containsExactly("1 A 2");
        }

        @Test
        void without_rows_gives_none() throws IOException {
            assertThat(read(write("a.csv", "date,origin,delay\n"))).isEmpty();
            assertThat(read(write("a.csv", "date,origin,delay"))).isEmpty();
        }

        @Test
        void of_any_size_gives_what_was_written() throws IOException {
            var random = Seed.random();
            var csv = new StringBuilder("date,origin,delay\n");
            var expected = new ArrayList<String>();
            for (int i = 0; i < 20_000; i++) {
                var text = switch (random.nextInt(4)) {
                    case 0 -> "line\none, \"two\"";
                    case 1 -> "ä".repeat(random.nextInt(200)) + "x";
                    case 2 -> "\"\n".repeat(1 + random.nextInt(50));
                    default -> "LAS";
                };
                csv.append(i).append(",\"").append(text.replace("\"", "\"\"")).append("\",7\n");
                expected.add(i + " " + text + " 7");
            }

            assertThat(read(write("a.csv.gz", csv.toString()))).isEqualTo(expected);
        }

        @Test
        void with_a_row_longer_than_its_buffer_gives_it() throws IOException {
            var long1 = "x".repeat(700_000);
            var path =
                    write("a.csv", "date,origin,delay,note\n1,A,2,\"" + long1 + "\n\"\n3,B,4," + long1 + "\n5,C,6,\n");

            assertThat(read(path)).containsExactly("1 A 2", "3 B 4", "5 C 6");
        }

        @Test
        void with_a_quote_that_does_not_close_loses_only_that_line() throws IOException {
            var csv = new StringBuilder("date,origin,delay\n1,\"A,2\n");
            for (int i = 0; i < 100_000; i++) {
                csv.append("3,BBBBBBBBBBBB,4\n");
            }
            var path = write("a.csv", csv.toString());

            assertThat(read(path)).hasSize(100_001).startsWith("event ends within a quoted cell", "3 BBBBBBBBBBBB 4");
        }

        @Test
        void with_such_a_quote_in_its_last_line_loses_only_that_line() throws IOException {
            var path = write("a.csv", "date,origin,delay\n1,\"A,2\n3,B,4");

            assertThat(read(path)).containsExactly("event ends within a quoted cell", "3 B 4");
        }

        @Test
        void with_a_stray_quote_loses_only_that_line() throws IOException {
            var path = write("a.csv", "date,origin,delay\n1,A\"B,2\n3,B,4\n");

            assertThat(read(path))
                    .containsExactly("event has a quote or a line end in a cell that is not quoted", "3 B 4");
        }

        @Test
        void gets_types_from_a_schema() throws IOException {
            var path = write("a.csv", "date,origin,delay\n0001,007,33.0\n1,,\n");

            assertThat(read(path, FLIGHT)).containsExactly("1 007 33", "1  null");
        }

        @Test
        void without_a_column_is_refused() throws IOException {
            var path = write("a.csv", "date,origin\n");

            assertThatThrownBy(() -> read(path))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("file " + path + ": field delay has no column: expected one of [date, origin]");
        }

        @Test
        void without_a_header_is_refused() throws IOException {
            var path = write("a.csv", "\n");

            assertThatThrownBy(() -> read(path))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("file " + path + " is empty: expected a header with the names of its columns");
        }

        @Test
        void with_a_line_without_end_is_broken() throws IOException {
            var path = write("a.csv", "date,origin,delay\n" + "x".repeat(40 << 20));

            assertThatThrownBy(() -> read(path))
                    .isInstanceOf(IOException.class)
                    .hasMessage(path + " has a line of more than 16777216 bytes");
        }
    }

    @Nested
    class A_JSON_file {
        @ParameterizedTest
        @ValueSource(strings = {"a.jsonl", "a.ndjson", "a.json", "a.jsonl.gz"})
        void gives_its_lines(String name) throws IOException {
            var path = write(name, """
                    {"date": 1, "origin": "say \\"hi", "delay": 2}

                    {"date": 3, "origin": "B"
                    {"date": 5, "origin": "C", "more": {}}
                    """);

            assertThat(read(path))
                    .hasSize(3)
                    .startsWith("1 say \"hi 2")
                    .endsWith("5 C null")
                    .element(1)
                    .asString()
                    .startsWith("event is no JSON: ");
        }
    }

    @Nested
    class An_Avro_file {
        @ParameterizedTest
        @ValueSource(strings = {"null", "deflate", "snappy", "bzip2", "zstandard", "xz"})
        void gives_its_records_however_packed(String codec) throws IOException {
            var path = avro("a.avro", codec, 5_000);

            assertThat(read(path))
                    .hasSize(5_000)
                    .startsWith("-98 LAS 0", "-97 LAS 1")
                    .endsWith("4901 LAS 4999");
        }

        @Test
        void may_be_gzipped() throws IOException {
            var plain = Files.readAllBytes(avro("a.avro", "null", 10));
            var path = directory.resolve("b.avro.gz");
            Files.write(path, gzip(plain));

            assertThat(read(path)).hasSize(10);
        }

        @Test
        void is_read_with_the_schema_it_was_written_with() throws IOException {
            var path = avro("a.avro", "null", 3);
            var other = record("{\"name\": \"delay\", \"type\": \"string\"}");

            assertThat(read(path, other)).containsExactly("-98 LAS 0", "-97 LAS 1", "-96 LAS 2");
        }

        @Test
        void without_a_field_is_refused() throws IOException {
            var path = avro("a.avro", "null", 1);

            assertThatThrownBy(() -> EventFile.open(path, fields("carrier"), null, Map.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("file " + path + ": field carrier is not in the schema Event: "
                            + "expected one of [date, origin, destination, distance, delay]");
        }

        @Test
        void that_is_none_is_broken() throws IOException {
            var path = write("a.avro", "date,origin,delay");

            assertThatThrownBy(() -> read(path))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(path + " is broken: ");
        }

        @Test
        void that_was_cut_off_is_broken() throws IOException {
            var bytes = Files.readAllBytes(avro("a.avro", "deflate", 5_000));
            var path = directory.resolve("b.avro");
            Files.write(path, Arrays.copyOf(bytes, bytes.length / 2));

            assertThatThrownBy(() -> read(path))
                    .isInstanceOf(IOException.class)
                    .hasMessage(path + " is broken: it ends within a block");
        }

        @Test
        void that_was_damaged_is_broken() throws IOException {
            var bytes = Files.readAllBytes(avro("a.avro", "deflate", 5_000));
            Arrays.fill(bytes, bytes.length / 2, bytes.length / 2 + 100, (byte) 0);
            var path = directory.resolve("b.avro");
            Files.write(path, bytes);

            assertThatThrownBy(() -> read(path))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(path + " is broken: ");
        }

        @Test
        void of_several_blocks_gives_them_all() throws IOException {
            assertThat(read(avro("a.avro", "null", 50_000))).hasSize(50_000).endsWith("49901 LAS 49999");
        }

        @Test
        void whose_records_do_not_fill_its_blocks_is_broken() throws IOException {
            var bytes = Files.readAllBytes(avro("a.avro", "null", 3));
            // The count stands before the size and the first record.
            int count = indexOf(bytes, new byte[] {6, 'L', 'A', 'S'}) - 4;
            bytes[count] = 4;
            var path = directory.resolve("b.avro");
            Files.write(path, bytes);

            assertThatThrownBy(() -> read(path))
                    .isInstanceOf(IOException.class)
                    .hasMessage(path + " is broken: a block has more bytes than events");
        }

        private static int indexOf(byte[] bytes, byte[] part) {
            for (int i = 0; ; i++) {
                if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
                    return i;
                }
            }
        }
    }

    @Nested
    class Any_other_file {
        @ParameterizedTest
        @ValueSource(strings = {"flights.parquet", "flights", "flights.gz", "csv"})
        void is_refused(String name) throws IOException {
            var path = write(name, "x");

            assertThatThrownBy(() -> read(path))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("file " + path + " is of no known format: "
                            + "expected .csv, .jsonl, .ndjson, .json or .avro, or one of them with .gz");
        }

        @Test
        void that_is_no_gzip_is_refused() throws IOException {
            var path = directory.resolve("a.csv.gz");
            Files.writeString(path, "date,origin,delay\n");

            assertThatThrownBy(() -> read(path))
                    .isInstanceOf(IOException.class)
                    .hasMessage(path + " can't be unpacked: Not in GZIP format");
        }
    }

    private Path write(String name, String text) throws IOException {
        var path = directory.resolve(name);
        var bytes = text.getBytes(UTF_8);
        return Files.write(path, name.toLowerCase(java.util.Locale.ROOT).endsWith(".gz") ? gzip(bytes) : bytes);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    /// Dates from -98 on, so that the first event looks like a frame.
    private Path avro(String name, String codec, int events) throws IOException {
        var schema = new Schema.Parser().parse(FLIGHT);
        var path = directory.resolve(name);
        try (var writer = new DataFileWriter<>(new GenericDatumWriter<>(schema))) {
            writer.setCodec(CodecFactory.fromString(codec));
            writer.create(schema, path.toFile());
            for (int i = 0; i < events; i++) {
                var record = new GenericData.Record(schema);
                Map.of("date", i - 98L, "origin", "LAS", "destination", "PHL", "distance", 1, "delay", i)
                        .forEach(record::put);
                writer.append(record);
            }
        }
        return path;
    }

    private static List<String> read(Path path) throws IOException {
        return read(path, null, Map.of());
    }

    private static List<String> read(Path path, Map<String, String> columns) throws IOException {
        return read(path, null, columns);
    }

    private static List<String> read(Path path, String schema) throws IOException {
        return read(path, schema, Map.of());
    }

    /// Each event as its values, or what is bad about it.
    private static List<String> read(Path path, String schema, Map<String, String> columns) throws IOException {
        var events = new ArrayList<String>();
        var row = new Row(FIELDS);
        try (var file = EventFile.open(path, FIELDS, schema, columns)) {
            while (file.next()) {
                try {
                    file.decoder().decode(file.bytes(), file.offset(), file.length(), row);
                    var texts = texts(row);
                    events.add(texts.get(0) + " " + texts.get(1) + " " + texts.get(2));
                } catch (BadEvent bad) {
                    events.add(bad.getMessage());
                }
            }
            assertThat(file.next()).isFalse();
        }
        return events;
    }
}
