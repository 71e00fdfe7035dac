package io.millrace.generate;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Wide JSON events from a seed: 73 tokens of 2^20, Zipf-distributed (exponent 1), and a number; with the constant 75
/// non-zeros.
/// The label is drawn from a hidden linear model of the tokens, so that there is something to learn.
public final class WideEvents {
    private static final int TOKENS = 73;
    private static final int VOCABULARY = 1 << 20;
    private static final int USERS = 5_000;

    private final SplittableRandom random;
    private long next;

    public WideEvents(long seed) {
        random = new SplittableRandom(seed);
    }

    public static List<byte[]> first(int count, long seed) {
        var generator = new WideEvents(seed);
        var events = new ArrayList<byte[]>(count);
        for (var i = 0; i < count; i++) {
            events.add(generator.next());
        }
        return events;
    }

    /// One event: `{"id":…,"user":"u…","minute":…,"text":"t… t…","size":…,"clicked":0|1}`.
    public byte[] next() {
        var text = new StringBuilder(8 * TOKENS);
        double margin = -0.5;
        for (var i = 0; i < TOKENS; i++) {
            var token = zipf();
            text.append(i == 0 ? "t" : " t").append(token);
            margin += weight(token);
        }
        var label = random.nextDouble() < 1 / (1 + Math.exp(-margin)) ? 1 : 0;
        var id = next++;
        var json = "{\"id\":%d,\"user\":\"u%d\",\"minute\":%d,\"text\":\"%s\",\"size\":%d,\"clicked\":%d}"
                .formatted(id, random.nextInt(USERS), 16_305_000 + id / 100, text, random.nextInt(1_000), label);
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /// Rank r with probability about 1 / (r ln N): the logarithm of the rank is uniform.
    private int zipf() {
        return (int) Math.exp(random.nextDouble() * Math.log(VOCABULARY)) - 1;
    }

    private static double weight(int token) {
        return ((token * 0x9E3779B97F4A7C15L) >> 40) / (double) (1 << 23) * 0.4;
    }

    /// The spec of these events, as YAML.
    public static String spec(String model, String topic) {
        return """
                model: %s
                events:
                  topic: %s
                  format: json
                  id: [id]
                  time: { field: minute, unit: minutes }
                split:
                  group: [user]
                  salt: wide
                  train: 0.8
                  validation: 0.1
                  test: 0.1
                label: { field: clicked, above: 0 }
                features:
                  - { text: text }
                  - { number: size, scale: standard }
                learn:
                  loss: logistic
                  optimizer: { kind: sgd, learning-rate: 0.05 }
                  bits: 20
                publish: { every: 500ms }
                """.formatted(model, topic);
    }
}
