package io.millrace.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FeatureConfigTest {
    @Nested
    class A_name {
        @Test
        void tells_features_of_one_field_apart() {
            assertThat(List.of(
                            new FeatureConfig.Category("date"),
                            new FeatureConfig.HourOfDay("date"),
                            new FeatureConfig.DayOfWeek("date"),
                            new FeatureConfig.Text("date"),
                            new FeatureConfig.Cross(List.of("origin", "hour-of-day(date)"))))
                    .extracting(FeatureConfig::name)
                    .containsExactly(
                            "date", "hour-of-day(date)", "day-of-week(date)", "text(date)", "origin*hour-of-day(date)");
        }
    }

    @Nested
    class A_cross {
        @Test
        void reads_the_fields_of_its_time_parts() {
            var cross = new FeatureConfig.Cross(List.of("origin", "hour-of-day(date)", "day-of-week(date)"));

            assertThat(cross.fields()).containsExactly("origin", "date", "date");
        }

        @Test
        void has_two_or_three_parts() {
            for (var parts : List.of(List.<String>of(), List.of("a"), List.of("a", "b", "c", "d"))) {
                assertThatThrownBy(() -> new FeatureConfig.Cross(parts))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("cross = " + parts + ": expected two or three different parts");
            }
        }

        @Test
        void has_no_part_twice() {
            assertThatThrownBy(() -> new FeatureConfig.Cross(List.of("a", "a")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("cross = [a, a]: expected two or three different parts");
        }

        @Test
        void has_no_time_part_of_nothing() {
            assertThatThrownBy(() -> new FeatureConfig.Cross(List.of("a", "hour-of-day()")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("cross is empty: expected the name of a field");
        }
    }

    @Nested
    class An_empty_field {
        @Test
        void is_refused_with_the_key() {
            assertThatThrownBy(() -> new FeatureConfig.DayOfWeek(" "))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("day-of-week is empty: expected the name of a field");
        }
    }
}
