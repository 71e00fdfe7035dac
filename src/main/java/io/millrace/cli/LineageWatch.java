package io.millrace.cli;

import io.millrace.event.Wire;
import io.millrace.schema.Decision;
import io.millrace.spec.Spec;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
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
    private void look() {
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

    /// Takes out of `names` the roles that must not run.
    ///
    /// @param say is told of each, in a line
    void drop(Set<RoleName> names, Consumer<String> say) {
        for (var name : EnumSet.copyOf(names)) {
            var end = end(name);
            if (end != null) {
                names.remove(name);
                say.accept(name + " does not run: " + stopped(end));
            }
        }
    }

    /// Ends the running roles that must not run any longer, by what was decided since.
    ///
    /// @param running becomes those that are left
    /// @param say is told of each that ends, in a line
    void end(Set<RoleName> running, Roles roles, Consumer<String> say) {
        look();
        for (var name : List.copyOf(running)) {
            var end = end(name);
            if (end != null) {
                roles.end(name);
                running.remove(name);
                say.accept(name + " has ended: " + stopped(end));
            }
        }
    }

    private String stopped(Decision decision) {
        return "lineage " + lineage + " was stopped by " + decision.getBy() + ", decision " + decision.getNumber()
                + ": " + decision.getWhy();
    }

    @Override
    public void close() {
        if (decisions != null) {
            decisions.close();
        }
    }
}
