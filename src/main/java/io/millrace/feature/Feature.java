package io.millrace.feature;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.event.Fields;
import io.millrace.event.Row;
import io.millrace.event.TimeConfig;
import java.util.List;
import java.util.stream.Stream;

/// A feature bound to the slots of a row: adds its entries to the example begun.
///
/// The index of a value is `murmur3_x86_32(value, seed) & (2^bits - 1)`, the seed being `murmur3_x86_32(name, 0)`.
abstract sealed class Feature {
    private static final byte[] EMPTY = {};
    private static final String CONSTANT = "constant";

    final String name;
    final int seed;
    final int mask;

    private Feature(String name, int bits) {
        this.name = name;
        var utf8 = name.getBytes(UTF_8);
        seed = Murmur3.hash32(utf8, 0, utf8.length, 0);
        mask = (1 << bits) - 1;
    }

    abstract void encode(Row row, Examples into);

    /// Adds what people call each entry that [#encode] adds, in the same order: `origin=LAS`.
    abstract void name(Row row, List<String> into);

    final int index(byte[] value, int offset, int length) {
        return Murmur3.hash32(value, offset, length, seed) & mask;
    }

    /// Always there, with value 1: the intercept.
    static final class Constant extends Feature {
        private final int index;

        Constant(int bits) {
            super(CONSTANT, bits);
            index = index(EMPTY, 0, 0);
        }

        @Override
        void encode(Row row, Examples into) {
            into.add(index, 1);
        }

        @Override
        void name(Row row, List<String> into) {
            into.add(CONSTANT);
        }
    }

    /// The value itself, or NaN where it is missing.
    static final class Number extends Feature {
        final int index;
        private final int slot;

        Number(FeatureConfig.Number config, int slot, int bits) {
            super(config.name(), bits);
            this.index = index(EMPTY, 0, 0);
            this.slot = slot;
        }

        @Override
        void encode(Row row, Examples into) {
            into.add(index, row.isMissing(slot) ? Float.NaN : (float) row.number(slot));
        }

        @Override
        void name(Row row, List<String> into) {
            into.add(name);
        }
    }

    /// One index a value.
    static final class Category extends Feature {
        private final int slot;

        Category(FeatureConfig.Category config, Fields fields, int bits) {
            super(config.name(), bits);
            this.slot = fields.require(config.field());
        }

        @Override
        void encode(Row row, Examples into) {
            if (!row.isMissing(slot)) {
                into.add(index(row.text(slot), row.textOffset(slot), row.textLength(slot)), 1);
            }
        }

        @Override
        void name(Row row, List<String> into) {
            if (!row.isMissing(slot)) {
                into.add(name + "=" + row.string(slot));
            }
        }
    }

    /// One index an hour or a weekday, all of them known beforehand.
    static final class Time extends Feature {
        private final TimePart part;
        private final TimeConfig.Unit unit;
        private final int slot;
        private final int[] indices;

        Time(FeatureConfig config, TimePart part, Fields fields, int bits, TimeConfig.Unit unit) {
            super(config.name(), bits);
            this.part = part;
            this.unit = unit;
            this.slot = fields.require(config.fields().getFirst());
            this.indices = Stream.of(part.texts())
                    .mapToInt(text -> index(text, 0, text.length))
                    .toArray();
        }

        @Override
        void encode(Row row, Examples into) {
            if (!row.isMissing(slot)) {
                into.add(indices[part.at(unit.millis(row, slot))], 1);
            }
        }

        @Override
        void name(Row row, List<String> into) {
            if (!row.isMissing(slot)) {
                into.add(name + "=" + new String(part.texts()[part.at(unit.millis(row, slot))], UTF_8));
            }
        }
    }

    /// One index a combination: of the parts' texts, each behind its length, so that `ab, c` is not `a, bc`.
    static final class Cross extends Feature {
        private final Composite parts;

        Cross(FeatureConfig.Cross config, Fields fields, int bits, TimeConfig.Unit unit) {
            super(config.name(), bits);
            this.parts = new Composite(config.parts(), fields, unit);
        }

        @Override
        void encode(Row row, Examples into) {
            if (parts.fill(row)) {
                into.add(index(parts.bytes(), 0, parts.length()), 1);
            }
        }

        @Override
        void name(Row row, List<String> into) {
            if (parts.fill(row)) {
                into.add(name + "=" + String.join("*", parts.texts(row)));
            }
        }
    }

    /// One index a token, as often as it occurs.
    static final class Text extends Feature {
        private final int slot;
        private final Tokens tokens = new Tokens();

        Text(FeatureConfig.Text config, Fields fields, int bits) {
            super(config.name(), bits);
            this.slot = fields.require(config.field());
        }

        @Override
        void encode(Row row, Examples into) {
            if (row.isMissing(slot)) {
                return;
            }
            tokens.over(row.text(slot), row.textOffset(slot), row.textLength(slot));
            while (tokens.next()) {
                into.add(index(tokens.bytes(), 0, tokens.length()), 1);
            }
        }

        @Override
        void name(Row row, List<String> into) {
            if (row.isMissing(slot)) {
                return;
            }
            tokens.over(row.text(slot), row.textOffset(slot), row.textLength(slot));
            while (tokens.next()) {
                into.add(name + "=" + new String(tokens.bytes(), 0, tokens.length(), UTF_8));
            }
        }
    }
}
