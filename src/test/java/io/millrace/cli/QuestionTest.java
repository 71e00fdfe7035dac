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
    void is_asked_once_until_it_is_answered() {
        var question = question(Duration.ofMillis(1));
        question.answer();
        var since = question.since();
        question.answer();

        assertThat(question.since()).isEqualTo(since).isAfter(Instant.EPOCH);
    }

    @Test
    void is_asked_anew_once_it_was_answered() {
        var question = question(LONG);
        answer.complete("first");

        assertThat(question.answer()).isEqualTo(Optional.of("first"));
        assertThat(question.answer()).isEqualTo(Optional.of("first"));
        assertThat(asked).hasValue(2);
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
