package io.millrace.split;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.split.DedupeConfig.Across;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class TopicIdsTest {
    private static final DedupeConfig CONFIG = new DedupeConfig(Duration.ofDays(1), Across.TOPIC, 10_000);

    @Test
    void an_id_belongs_to_one_partition_and_each_gets_its_share() {
        var ids = new Random(8).longs(40_000).toArray();
        var counts = new int[4];
        for (var id : ids) {
            counts[TopicIds.partition(id, 4)]++;
        }

        assertThat(Arrays.stream(counts).boxed())
                .allSatisfy(count -> assertThat(count).isCloseTo(10_000, Percentage.withPercentage(5)));
        assertThat(TopicIds.partition(-1, 4)).isEqualTo(3);
        assertThat(TopicIds.partition(1, 4)).isZero();
        assertThat(TopicIds.partition(Long.MIN_VALUE, 4)).isEqualTo(2);
    }

    @Test
    void ids_of_one_partition_differ_in_the_bits_that_are_their_slot() {
        var slots = new Random(8)
                .longs(100_000)
                .filter(id -> TopicIds.partition(id, 64) == 5)
                .map(id -> id & 63)
                .distinct()
                .count();

        assertThat(slots).isEqualTo(64);
    }

    @Test
    void each_partition_remembers_as_the_split_task_of_that_partition_does() {
        var all = new TopicIds(CONFIG, 3);
        var tasks = IntStream.range(0, 3).mapToObj(_ -> new Seen(CONFIG)).toList();
        var random = new Random(8);
        for (var time = 0; time < 100_000; time++) {
            var id = random.nextInt(50_000) * 0x9e3779b97f4a7c15L;
            var task = tasks.get(TopicIds.partition(id, 3));

            assertThat(all.add(id, time * 10_000L)).isEqualTo(task.add(id, time * 10_000L));
        }
        assertThat(tasks).allMatch(task -> task.duplicates() > 0);
    }
}
