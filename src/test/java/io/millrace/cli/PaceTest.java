package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = 1_000_000_000;
    private static final long MINUTE_MS = 60_000;

    @Test
    void of_a_rate_spreads_events_evenly() {
        assertThat(Pace.rate(4).due(10, 0)).isEqualTo(5 * SECOND / 2);
    }

    @Test
    void of_their_own_time_goes_by_the_event() {
        assertThat(Pace.ownTime(60, 7 * MINUTE_MS).due(1_000, 10 * MINUTE_MS)).isEqualTo(3 * SECOND);
    }

    @Test
    void of_their_own_time_does_not_wait_for_what_came_before_the_start() {
        assertThat(Pace.ownTime(60, 7 * MINUTE_MS).due(5, 2 * MINUTE_MS)).isZero();
    }

    @Test
    void of_the_fastest_never_waits() {
        assertThat(Pace.FASTEST.due(1_000, 1_000)).isZero();
    }
}
