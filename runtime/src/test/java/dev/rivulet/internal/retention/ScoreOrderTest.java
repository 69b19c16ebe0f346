package dev.rivulet.internal.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.annotations.Mode;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScoreOrderTest {

    @Test
    void sortsTheBestFirst() {
        assertThat(sorted(Mode.MIN, 2, 1, 3)).isEqualTo(scores(1, 2, 3));
        assertThat(sorted(Mode.MAX, 2, 1, 3)).isEqualTo(scores(3, 2, 1));
    }

    @ParameterizedTest
    @EnumSource
    void treatsZerosOfBothSignsAsEqual(Mode mode) {
        assertThat(sorted(mode, 0.0, -0.0, 0.0)).isEqualTo(scores(0.0, -0.0, 0.0));
        assertThat(sorted(mode, -0.0, 0.0, -0.0)).isEqualTo(scores(-0.0, 0.0, -0.0));
    }

    @ParameterizedTest
    @EnumSource
    void sortsMissingScoresLast(Mode mode) {
        List<OptionalDouble> scores = List.of(
                OptionalDouble.empty(),
                OptionalDouble.of(Double.NEGATIVE_INFINITY),
                OptionalDouble.of(Double.POSITIVE_INFINITY));

        assertThat(scores.stream().sorted(ScoreOrder.bestFirst(mode)).toList()).endsWith(OptionalDouble.empty());
    }

    private static List<OptionalDouble> sorted(Mode mode, double... scores) {
        return scores(scores).stream().sorted(ScoreOrder.bestFirst(mode)).toList();
    }

    private static List<OptionalDouble> scores(double... scores) {
        return DoubleStream.of(scores).mapToObj(OptionalDouble::of).toList();
    }
}
