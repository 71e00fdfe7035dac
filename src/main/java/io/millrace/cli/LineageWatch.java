package io.millrace.cli;

import io.millrace.event.Wire;
import io.millrace.schema.Decision;
import io.millrace.spec.Spec;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/// Whether a lineage is still wanted, as the decisions of the gate say.
final class LineageWatch implements AutoCloseable {
    private final @Nullable TopicReader decisions;
    private final String lineage;
    private final JudgedLineages judged = new JudgedLineages();

    /// Reads what was decided so far.
    ///
    /// @param roles that run; where none ends with its lineage nothing is read, and who runs them needs no right to
    /// @throws CommandException if there is no topic of decisions
    LineageWatch(Map<String, Object> client, Spec spec, String lineage, Set<RoleName> roles) {
        this.lineage = lineage;
        if (!roles.contains(RoleName.SPLIT) && !roles.contains(RoleName.TRAIN)) {
            decisions = null;
            return;
        }
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
        if (decisions != null) {
            decisions.look(this::take);
        }
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
        if (decisions != null) {
            decisions.close();
        }
    }
}
