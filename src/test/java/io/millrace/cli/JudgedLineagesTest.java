package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ChampionFollower;
import io.millrace.schema.Decision;
import io.millrace.schema.DecisionKind;
import org.junit.jupiter.api.Test;

class JudgedLineagesTest {
    private final JudgedLineages judged = new JudgedLineages();
    private long number;

    private void decide(DecisionKind kind, String lineage, String blocks) {
        judged.take(Decision.newBuilder()
                .setNumber(++number)
                .setKind(kind)
                .setTime(0)
                .setBy("anna")
                .setWhy("because")
                .setChampion(ChampionFollower.undecided("main"))
                .setLineage(lineage)
                .setBlocks(blocks)
                .build());
    }

    @Test
    void one_that_nobody_stopped_is_wanted() {
        decide(DecisionKind.ANCHOR, "main", "main");

        assertThat(judged.stopped("main")).isNull();
        assertThat(judged.stopped("unheard-of")).isNull();
    }

    @Test
    void one_that_was_stopped_is_not_and_the_decision_says_why() {
        decide(DecisionKind.CANDIDATE, "fresh", "main");
        decide(DecisionKind.STOP, "fresh", "main");

        assertThat(judged.stopped("fresh")).extracting(Decision::getNumber).isEqualTo(2L);
        assertThat(judged.isRead("main")).isFalse();
    }

    @Test
    void one_that_is_asked_for_again_is_wanted() {
        decide(DecisionKind.STOP, "fresh", "main");
        decide(DecisionKind.CANDIDATE, "fresh", "main");
        decide(DecisionKind.STOP, "main", "main");
        decide(DecisionKind.PROMOTE, "main", "main");

        assertThat(judged.stopped("fresh")).isNull();
        assertThat(judged.stopped("main")).isNull();
    }

    @Test
    void blocks_are_read_while_one_that_reads_them_is_judged() {
        decide(DecisionKind.ANCHOR, "main", "main");
        decide(DecisionKind.PROMOTE, "fresh", "main");
        decide(DecisionKind.STOP, "main", "main");

        assertThat(judged.isRead("main")).isTrue();

        decide(DecisionKind.PROMOTE, "other", "other");
        decide(DecisionKind.STOP, "fresh", "main");

        assertThat(judged.isRead("main")).isFalse();
    }

    @Test
    void a_refusal_says_nothing() {
        decide(DecisionKind.STOP, "fresh", "main");
        decide(DecisionKind.REFUSE, null, null);

        assertThat(judged.stopped("fresh")).isNotNull();
    }
}
