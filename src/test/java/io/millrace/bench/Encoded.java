package io.millrace.bench;

import io.millrace.event.Row;
import io.millrace.feature.Examples;
import io.millrace.feature.FeatureEncoder;
import io.millrace.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/// Events as the trainer gets them: blocks in memory, for what measures or compares learning alone.
final class Encoded {
    private static final int BLOCK = 1024;

    private Encoded() {}

    /// Blocks of 1,024 examples of all events, whatever their split; ids count from 0, groups are 0.
    static List<Examples> blocks(Spec spec, List<byte[]> events) {
        var fields = spec.fields();
        var reading = spec.reading(fields);
        var encoder = new FeatureEncoder(spec.features(), fields, spec.learn().bits(), spec.timeUnit());
        var row = new Row(fields);
        var blocks = new ArrayList<Examples>();
        for (var from = 0; from < events.size(); from += BLOCK) {
            var block = new Examples(spec.numbers().size());
            for (var event : events.subList(from, Math.min(from + BLOCK, events.size()))) {
                reading.decoder().decode(event, 0, event.length, row);
                block.begin();
                encoder.encode(row, block);
                block.end(reading.label(row), 1, from + block.size, 0, reading.time(row, 0));
            }
            blocks.add(block);
        }
        return blocks;
    }
}
