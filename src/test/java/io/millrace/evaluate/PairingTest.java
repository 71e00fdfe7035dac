package io.millrace.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.evaluate.Pairing.Row;
import org.junit.jupiter.api.Test;

class PairingTest {
    private static final int ROOM = 3;

    private final Pairing<String> pairing = new Pairing<>(ROOM);

    private void served(String by, long id, float prediction) {
        pairing.served(by, id, new float[] {prediction}, (float) (id % 2), 1, (int) id);
    }

    private void candidate(String by, long id, float prediction) {
        pairing.candidate(by, id, new float[] {prediction}, (float) (id % 2), 1, (int) id);
    }

    @Test
    void whichever_comes_first_waits_for_the_other() {
        served("main/1", 7, 0.5f);
        candidate("fresh/1", 8, 0.25f);
        assertThat(pairing.take()).isEmpty();

        candidate("fresh/1", 7, 0.75f);
        served("main/1", 8, 0.125f);

        assertThat(pairing.take())
                .singleElement()
                .satisfies(pairs -> assertThat(pairs.rows())
                        .usingRecursiveFieldByFieldElementComparator()
                        .containsExactly(
                                new Row(7, new float[] {0.5f}, new float[] {0.75f}, 1, 1, 7),
                                new Row(8, new float[] {0.125f}, new float[] {0.25f}, 0, 1, 8)));
        assertThat(pairing.take()).isEmpty();
        assertThat(pairing.dropped()).isZero();
    }

    @Test
    void every_two_versions_make_a_group() {
        served("main/1", 1, 0);
        served("main/1", 2, 0);
        served("main/2", 3, 0);
        candidate("fresh/1", 1, 0);
        candidate("fresh/2", 2, 0);
        candidate("fresh/2", 3, 0);

        assertThat(pairing.take())
                .extracting(pairs -> pairs.served() + " " + pairs.candidate() + " "
                        + pairs.rows().size())
                .containsExactly("main/1 fresh/1 1", "main/1 fresh/2 1", "main/2 fresh/2 1");
    }

    @Test
    void the_oldest_is_dropped_and_counted_where_too_many_wait() {
        for (var id = 0; id <= ROOM; id++) {
            served("main/1", id, 0);
        }

        for (var id = 1; id <= ROOM; id++) {
            candidate("fresh/1", id, 0);
        }

        assertThat(pairing.take())
                .singleElement()
                .satisfies(pairs -> assertThat(pairs.rows()).extracting(Row::id).containsExactly(1L, 2L, 3L));
        assertThat(pairing.dropped()).isEqualTo(1);
    }

    @Test
    void two_events_of_one_id_are_no_pair() {
        served("main/1", 1, 0);
        served("main/2", 1, 0);
        pairing.candidate("fresh/1", 1, new float[1], 0, 1, 1); // another label
        candidate("fresh/1", 1, 0);

        assertThat(pairing.take()).isEmpty();
        assertThat(pairing.dropped()).isEqualTo(3);
    }

    @Test
    void what_waited_is_forgotten() {
        served("main/1", 1, 0);

        pairing.clear();
        candidate("fresh/1", 1, 0);

        assertThat(pairing.take()).isEmpty();
    }
}
