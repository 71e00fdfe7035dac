package io.millrace.feature;

import java.util.ArrayList;
import java.util.List;

/// Examples as text, a line a row, with the bits of every float: two batches are the same where their lines are.
public final class ExampleText {
    private ExampleText() {}

    public static List<String> of(Examples rows) {
        var lines = new ArrayList<String>();
        for (var i = 0; i < rows.size; i++) {
            var line = new StringBuilder();
            for (var j = rows.rows[i]; j < rows.rows[i + 1]; j++) {
                line.append(rows.indices[j])
                        .append(':')
                        .append(bits(rows.values[j]))
                        .append(' ');
            }
            line.append("label ")
                    .append(bits(rows.labels[i]))
                    .append(" weight ")
                    .append(bits(rows.weights[i]));
            line.append(" id ").append(rows.ids[i]).append(" group ").append(rows.groups[i]);
            line.append(" time ").append(rows.times[i]);
            lines.add(line.toString());
        }
        return lines;
    }

    private static String bits(float value) {
        return value + "/" + Integer.toHexString(Float.floatToRawIntBits(value));
    }
}
