package dev.rivulet.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.djl.ndarray.NDArray;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RestorableOptimizerTest {

    @ParameterizedTest
    @MethodSource("optimizers")
    void takesTheSameStepsAsDjl(Supplier<Optimizer> djl, Supplier<Optimizer> restorable) {
        try (TrainedParameters plain = new TrainedParameters();
                TrainedParameters trained = new TrainedParameters();
                StatefulOptimizer optimizer = (StatefulOptimizer) restorable.get()) {
            plain.train(djl.get(), 50);
            optimizer.initialize(trained.parameters());

            trained.train((Optimizer) optimizer, 50);

            assertThat(trained.bits()).usingRecursiveComparison().isEqualTo(plain.bits());
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void resumesFromASavedStateAsIfNeverStopped(Supplier<Optimizer> djl, Supplier<Optimizer> restorable) {
        try (TrainedParameters straight = new TrainedParameters();
                TrainedParameters resumed = new TrainedParameters();
                StatefulOptimizer before = (StatefulOptimizer) restorable.get();
                StatefulOptimizer after = (StatefulOptimizer) restorable.get()) {
            straight.train(djl.get(), 50);
            before.initialize(resumed.parameters());
            resumed.train((Optimizer) before, 20);
            Map<String, @Nullable Object> saved = before.stateDict();

            after.initialize(resumed.parameters());
            after.loadStateDict(saved);
            assertThat(Recording.comparable(after.stateDict())).isEqualTo(Recording.comparable(saved));
            resumed.train((Optimizer) after, 30);

            assertThat(resumed.bits()).usingRecursiveComparison().isEqualTo(straight.bits());
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void leavesNoArrayBehind(Supplier<Optimizer> djl, Supplier<Optimizer> restorable) {
        try (TrainedParameters trained = new TrainedParameters();
                StatefulOptimizer optimizer = (StatefulOptimizer) restorable.get()) {
            optimizer.initialize(trained.parameters());
            Map<String, NDArray> arrays = optimizer.stateArrays();
            int managed = trained.manager().getManagedArrays().size();

            trained.train((Optimizer) optimizer, 1_000);

            assertThat(trained.manager().getManagedArrays()).hasSize(managed);
            assertThat(optimizer.stateArrays()).containsExactlyEntriesOf(arrays);
        }
    }

    @Test
    void freesItsArrays() {
        try (TrainedParameters trained = new TrainedParameters()) {
            RestorableAdam optimizer = new RestorableAdam(Optimizer.adam());
            optimizer.initialize(trained.parameters());
            NDArray mean = optimizer.stateArrays().values().iterator().next();

            optimizer.close();

            assertThatIllegalStateException().isThrownBy(mean::toFloatArray);
        }
    }

    @Test
    void refusesTheStateOfAnotherOptimizer() {
        try (TrainedParameters trained = new TrainedParameters();
                RestorableAdam adam = new RestorableAdam(Optimizer.adam());
                RestorableSgd sgd =
                        new RestorableSgd(Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.1f)), 0.9f)) {
            adam.initialize(trained.parameters());
            sgd.initialize(trained.parameters());
            trained.train(sgd, 1);

            assertThatExceptionOfType(MismatchedStateException.class)
                    .isThrownBy(() -> adam.loadStateDict(sgd.stateDict()))
                    .withMessageContaining("layer.weight")
                    .withMessageContaining("exp_avg_sq");
        }
    }

    static Stream<Arguments> optimizers() {
        return Stream.of(
                pair("Adam", () -> adam().build(), () -> new RestorableAdam(adam())),
                pair("AdamW", () -> adamW().build(), () -> new RestorableAdamW(adamW())),
                pair("Sgd", () -> sgd().optMomentum(0.9f).build(), () -> new RestorableSgd(sgd(), 0.9f)),
                pair("Sgd without momentum", () -> sgd().build(), () -> new RestorableSgd(sgd(), 0)));
    }

    private static ai.djl.training.optimizer.Adam.Builder adam() {
        return Optimizer.adam().optLearningRateTracker(decaying()).optBeginNumUpdate(3);
    }

    private static ai.djl.training.optimizer.AdamW.Builder adamW() {
        return Optimizer.adamW().optLearningRateTracker(decaying());
    }

    private static ai.djl.training.optimizer.Sgd.Builder sgd() {
        return Optimizer.sgd().setLearningRateTracker(decaying()).optWeightDecays(0.01f);
    }

    private static Tracker decaying() {
        return Tracker.cosine()
                .setBaseValue(0.01f)
                .optFinalValue(0.0001f)
                .setMaxUpdates(60)
                .build();
    }

    private static Arguments pair(String name, Supplier<Optimizer> djl, Supplier<Optimizer> restorable) {
        return Arguments.of(Named.of(name, djl), Named.of("restorable " + name, restorable));
    }
}
