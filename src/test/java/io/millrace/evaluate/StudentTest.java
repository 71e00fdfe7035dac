package io.millrace.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StudentTest {
    @ParameterizedTest
    @CsvSource({
        "1, 12.7062, 0.001",
        "2, 4.30265, 0.001",
        "3, 3.18245, 0.2",
        "5, 2.57058, 0.02",
        "10, 2.22814, 0.001",
        "30, 2.04227, 0.001",
        "255, 1.96931, 0.001",
        "65535, 1.96000, 0.001"
    })
    void t_is_that_of_the_tables(int freedom, double quantile, double percent) {
        assertThat(Student.t(freedom)).isCloseTo(quantile, withinPercentage(percent));
    }

    @ParameterizedTest
    @CsvSource({"0, 0.5", "1, 0.158655254", "1.959963985, 0.025", "3, 0.001349898", "4.30265, 8.4377e-6"})
    void a_normal_variable_lies_above_as_often_as_in_the_tables(double x, double probability) {
        assertThat(Student.normalAbove(x)).isCloseTo(probability, org.assertj.core.api.Assertions.within(1e-7));
    }
}
