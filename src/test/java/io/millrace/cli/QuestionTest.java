package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class QuestionTest {
    private static final Duration LONG = Duration.ofSeconds(50);

    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private final AtomicInteger asked = new AtomicInteger();

    private Question<String> question(Duration patience) {
        return new Question<>(
                () -> {
                    asked.incrementAndGet();
                    return answer.join();
                },
                patience);
    }

    @Test
    void does_not_wait_for_an_answer_that_does_not_come() {
        assertThat(question(Duration.ofMillis(1)).answer()).isEmpty();
    }

    @Test
    void is_asked_once_until_it_is_answered_and_anew_after_that() {
        var question = new Question<>(() -> asked.incrementAndGet() > 1 ? "again" : answer.join(), LONG);
        var impatient = question(Duration.ofMillis(1));
        impatient.answer();
        var since = impatient.since();
        impatient.answer();
        assertThat(impatient.since()).isEqualTo(since).isAfter(Instant.EPOCH);
        asked.set(0);

        answer.complete("first");

        assertThat(question.answer()).isEqualTo(Optional.of("first"));
        assertThat(question.answer()).isEqualTo(Optional.of("again"));
    }

    @Test
    void throws_what_was_thrown_and_is_asked_anew() {
        var question = question(LONG);
        answer.completeExceptionally(CommandException.wrong("no such topic"));

        assertThatThrownBy(question::answer)
                .isInstanceOf(CommandException.class)
                .hasMessage("no such topic");
        assertThatThrownBy(question::answer).isInstanceOf(CommandException.class);

        assertThat(asked).hasValue(2);
    }
}
