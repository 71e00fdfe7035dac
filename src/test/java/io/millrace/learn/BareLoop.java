package io.millrace.learn;

import io.millrace.feature.Examples;
import io.millrace.kernel.Kernel;
import java.util.List;

/// A linear learner of the logistic loss and nothing around it: dot product, slope, step. No metrics, no checks, and as
/// it
/// is made, with or without marks of dirty cells and digests: what a [Trainer] keeps is measured against it.
public final class BareLoop {
    /// Batches from one digest to the next, some 25 ms of learning: a commit comes every 100 ms.
    private static final int DIGEST_EVERY = 256;

    private final Kernel kernel;
    private final boolean keeps;
    private final Optimizer optimizer;
    private final Cells cells;
    private final ScalarLoss loss = new LogisticLoss();
    private final Row row = new Row();

    /// @param keeps whether it marks and digests what changes
    public BareLoop(LearnConfig config, Kernel kernel, boolean keeps) {
        this.kernel = kernel;
        this.keeps = keeps;
        optimizer = Optimizer.of(config.optimizer());
        cells = new Cells(config.bits(), optimizer.stride());
        row.weight = 1;
    }

    /// Whether a digest follows a batch, by its number.
    public static boolean isDigested(int batch) {
        return batch % DIGEST_EVERY == DIGEST_EVERY - 1;
    }

    /// Learns examples in their order.
    ///
    /// @return a weight, so that nothing is left out
    public float learn(List<Examples> batches) {
        for (var k = 0; k < batches.size(); k++) {
            var batch = batches.get(k);
            learn(batch);
            if (keeps && (isDigested(k) || k == batches.size() - 1)) {
                cells.digest();
            }
        }
        return cells.data[0];
    }

    private void learn(Examples batch) {
        for (var at = 0; at < batch.size; at++) {
            if (keeps) {
                cells.change(batch.indices, batch.rows[at], batch.rows[at + 1]);
            }
            var from = batch.rows[at];
            row.entries.of(batch.indices, from, batch.values, from, batch.rows[at + 1] - from);
            row.t++;
            row.label = batch.labels[at];
            row.margin = kernel.dot(cells.data, optimizer.stride(), row.entries);
            optimizer.step(kernel, cells.data, row, loss, loss.gradient(row.margin, row.label));
        }
    }
}
