package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.checkpoint.DeterminismCheck;
import dev.rivulet.fixture.ChainModule;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.transform.TransformException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On which thread and how often transforms run, and how non-deterministic ones fail. */
class TransformEvaluationTest extends FitTestCase {
    @Test
    void onlyInstanceTransformsRunOnTheTrainingThread() {
        Set<Thread> ofStatic = ConcurrentHashMap.newKeySet();
        Set<Thread> ofInstance = ConcurrentHashMap.newKeySet();
        try (ChainModule module = new ChainModule()) {
            module.transform("transformed", (weights, context) -> {
                        ofStatic.add(Thread.currentThread());
                        return weights;
                    })
                    .transform("averaged", (weights, context) -> {
                        ofInstance.add(Thread.currentThread());
                        return weights;
                    });
            ChainModule.saving(trainer(), "transformed", "averaged").build().fit(module, points, points);
        }

        assertThat(ofInstance).containsExactly(Thread.currentThread());
        assertThat(ofStatic).hasSize(1).doesNotContain(Thread.currentThread());
    }

    static Stream<List<String>> chains() {
        return Stream.of(
                List.of("first"),
                List.of("second"),
                List.of("third"),
                List.of("third", "first"),
                List.of("third", "second"),
                List.of("third", "fourth", "first"),
                List.of("fifth", "sixth"));
    }

    @ParameterizedTest
    @MethodSource("chains")
    void aChainIsEvaluatedOncePerSaveWhicheverStreamsAreDue(List<String> due) {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        Set<String> offThread = ConcurrentHashMap.newKeySet();
        try (ChainModule module = new ChainModule()) {
            for (String stream : List.of("first", "second", "third", "fourth", "fifth", "sixth")) {
                module.transform(stream, (weights, context) -> {
                    order.add(context.globalStep() + stream);
                    if (Thread.currentThread().getName().equals("rivulet-transforms")) {
                        offThread.add(stream);
                    }
                    return weights.map((name, weight) -> weight.add(1));
                });
            }
            FitResult result = ChainModule.saving(trainer(), due.toArray(String[]::new))
                    .determinismCheck(DeterminismCheck.NEVER)
                    .build()
                    .fit(module, points, points);

            assertThat(result.streams().values())
                    .allSatisfy(stream -> assertThat(stream.failures()).isEmpty());
        }

        assertThat(order).doesNotHaveDuplicates();
        for (int step = 1; step <= 8; step++) {
            for (String stream : due) {
                assertThat(order).contains(step + stream);
                if (!stream.equals("first")) {
                    assertThat(order).containsSubsequence(step + "first", step + "second");
                }
                if (!stream.equals("first") && !stream.equals("second")) {
                    assertThat(order).containsSubsequence(step + "second", step + stream);
                }
            }
        }
        assertThat(offThread).doesNotContain("second", "fifth", "sixth");
    }

    @ParameterizedTest
    @EnumSource
    void transformsRunTwiceAtTheSavesThatTheCheckNames(DeterminismCheck check) {
        List<Long> calls = Collections.synchronizedList(new ArrayList<>());
        try (ChainModule module = new ChainModule()) {
            module.transform("transformed", (weights, context) -> {
                calls.add(context.globalStep());
                return weights;
            });
            ChainModule.saving(trainer(), "transformed")
                    .determinismCheck(check)
                    .build()
                    .fit(module, points, points);
        }

        List<Long> expected = new ArrayList<>(steps(1, 8));
        if (check == DeterminismCheck.FIRST) {
            expected.add(1L);
        } else if (check == DeterminismCheck.ALWAYS) {
            expected.addAll(steps(1, 8));
        }
        assertThat(calls).containsExactlyInAnyOrderElementsOf(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"transformed", "averaged"})
    void aTransformThatDependsOnMoreThanItsArgumentsIsRefused(String stream) {
        AtomicLong calls = new AtomicLong();
        try (ChainModule module = new ChainModule()) {
            module.transform(
                    stream, (weights, context) -> weights.map((name, weight) -> weight.mul(calls.incrementAndGet())));
            FitResult result = ChainModule.saving(trainer(), "original", stream)
                    .determinismCheck(DeterminismCheck.ALWAYS)
                    .build()
                    .fit(module, points, points);

            assertThat(steps(result.stream("original"))).isEqualTo(steps(1, 8));
            assertThat(result.stream(stream).kept()).isEmpty();
            assertThat(result.stream(stream).failures())
                    .hasSize(8)
                    .allSatisfy(failure -> assertThat(failure.cause())
                            .isExactlyInstanceOf(TransformException.class)
                            .hasMessageMatching("The transform TransformingModule#" + stream
                                    + ", run twice on the same weights, returned two different tensors \"(weight|bias)\"\\."
                                    + " Let it depend on its arguments alone, not on random numbers or on earlier calls;"
                                    + " or build the trainer with determinismCheck\\(DeterminismCheck\\.NEVER\\)\\."));
        }
    }
}
