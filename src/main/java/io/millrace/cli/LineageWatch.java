package io.millrace.cli;

import io.millrace.event.Wire;
import io.millrace.schema.Decision;
import io.millrace.spec.Spec;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/// Whether a lineage is still wanted, as the decisions of the gate say.
final class LineageWatch implements AutoCloseable {
    private final TopicReader decisions;
    private final String lineage;
    private final JudgedLineages judged = new JudgedLineages();

    /// Reads what was decided so far.
    ///
    /// @throws CommandException if there is no topic of decisions
    LineageWatch(Map<String, Object> client, Spec spec, String lineage) {
        this.lineage = lineage;
        decisions = new TopicReader(client, spec.topic("decisions"));
        try {
            decisions.read(this::take);
        } catch (RuntimeException e) {
            decisions.close();
            throw e;
        }
    }

    /// Takes what was decided since, without waiting.
    void look() {
        decisions.look(this::take);
    }

    private boolean take(ConsumerRecord<byte[], byte[]> record) {
        judged.take(Wire.decode(Decision.getDecoder(), record.value()));
        return true;
    }

    /// Why a role of the lineage must not run (any longer); null where it may. A split goes on while another lineage
    /// reads its blocks.
    @Nullable
    Decision end(RoleName role) {
        return switch (role) {
            case TRAIN -> judged.stopped(lineage);
            case SPLIT -> judged.isRead(lineage) ? null : judged.stopped(lineage);
            case GATE, SCORE, SERVE -> null;
        };
    }

    @Override
    public void close() {
        decisions.close();
    }
}
