package dev.rivulet.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ai.djl.nn.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Optimizers refuse states of other optimizers, and hyper-parameters that PyTorch refuses. */
class TorchOptimizerRefusalTest {

    @Test
    void refusesTheStateOfAnotherModelAndKeepsItsOwn() {
        try (TrainedParameters trained = new TrainedParameters();
                TorchOptimizer optimizer = Adam.builder().build();
                TorchOptimizer other = Adam.builder().build()) {
            optimizer.initialize(trained.parameters());
            trained.train(optimizer, 2);
            Object before = Recording.comparable(optimizer.stateDict());
            Map<String, Parameter> turned = new LinkedHashMap<>();
            turned.put("a", trained.parameter("layer.weight"));
            turned.put("b", trained.parameter("scale"));
            turned.put("c", trained.parameter("layer.bias"));
            other.initialize(turned);
            turned.forEach((name, parameter) -> other.update(
                    name, parameter.getArray(), parameter.getArray().duplicate()));

            assertThatExceptionOfType(MismatchedStateException.class)
                    .isThrownBy(() -> optimizer.loadStateDict(other.stateDict()))
                    .withMessageContaining("exp_avg.layer.bias")
                    .withMessageContaining("F32[]")
                    .withMessageContaining("F32[3]");
            assertThat(Recording.comparable(optimizer.stateDict())).isEqualTo(before);
        }
    }

    @Test
    void refusesTheStateOfAnotherOptimizer() {
        try (TrainedParameters trained = new TrainedParameters();
                TorchOptimizer adam = Adam.builder().build();
                TorchOptimizer amsgrad = Adam.builder().amsgrad(true).build();
                TorchOptimizer grouped = Adam.builder()
                        .group(name -> name.endsWith("bias"), group -> group.lr(1))
                        .build()) {
            for (TorchOptimizer optimizer : List.of(adam, amsgrad, grouped)) {
                optimizer.initialize(trained.parameters());
                trained.train(optimizer, 1);
            }

            assertThatExceptionOfType(MismatchedStateException.class)
                    .isThrownBy(() -> adam.loadStateDict(amsgrad.stateDict()))
                    .withMessageContaining("max_exp_avg_sq");
            assertThatExceptionOfType(MismatchedStateException.class)
                    .isThrownBy(() -> grouped.loadStateDict(adam.stateDict()))
                    .withMessageContaining("1 parameter groups, but this Adam has 2");
        }
    }

    private static Map<String, @Nullable Object> with(TorchOptimizer optimizer, String option, @Nullable Object value) {
        Map<String, @Nullable Object> group = new LinkedHashMap<>(SavedState.of("", optimizer.stateDict())
                .dicts("param_groups")
                .get(0)
                .named());
        group.put(option, value);
        Map<String, @Nullable Object> state = new LinkedHashMap<>(optimizer.stateDict());
        state.put("param_groups", List.of(group));
        return state;
    }

    /** As saved by {@code torch.optim.Adam(parameters, lr=torch.tensor(2.0))}. */
    @Test
    void acceptsANumberThatPyTorchStoresInATensor() {
        try (TrainedParameters trained = new TrainedParameters();
                TorchOptimizer optimizer = Adam.builder().build()) {
            optimizer.initialize(trained.parameters());

            optimizer.loadStateDict(with(optimizer, "lr", TorchStateDict.scalar(2)));

            assertThat(optimizer.paramGroups().get(0).options()).containsEntry("lr", 2.0);
        }
    }

    @Test
    void refusesUnusableHyperParameters() {
        try (TrainedParameters trained = new TrainedParameters();
                TorchOptimizer optimizer = Adam.builder().build()) {
            optimizer.initialize(trained.parameters());
            Map<String, @Nullable Object> before = Map.copyOf(with(optimizer, "lr", 1e-3));
            Map<String, @Nullable Object> wrong = new LinkedHashMap<>();
            wrong.put("lr", null);
            wrong.put("eps", "small");
            wrong.put("betas", List.of(0.9));
            wrong.put("amsgrad", 1L);

            wrong.forEach((option, value) -> assertThatExceptionOfType(MismatchedStateException.class)
                    .isThrownBy(() -> optimizer.loadStateDict(with(optimizer, option, value)))
                    .withMessageContaining("\"" + option + "\" = " + value));
            assertThat(optimizer.stateDict()).isEqualTo(before);
        }
    }

    /** A state from before the first step has no arrays that show which optimizer it belongs to. */
    @Test
    void refusesHyperParametersThatNeedAnotherStateBeforeTheFirstStep() {
        try (TrainedParameters trained = new TrainedParameters();
                TorchOptimizer optimizer = SGD.builder().build();
                TorchOptimizer other = SGD.builder().momentum(0.9).build()) {
            optimizer.initialize(trained.parameters());
            other.initialize(trained.parameters());

            assertThatExceptionOfType(MismatchedStateException.class)
                    .isThrownBy(() -> optimizer.loadStateDict(other.stateDict()))
                    .withMessageContaining(
                            "belongs to an optimizer with the state [momentum_buffer], but this SGD has []");
            assertThat(optimizer.paramGroups().get(0).options()).containsEntry("momentum", 0.0);
        }
    }

    @Test
    void mustBeInitializedOnceBeforeAStateIsLoaded() {
        try (TrainedParameters trained = new TrainedParameters();
                TorchOptimizer optimizer = Adam.builder().build()) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> optimizer.loadStateDict(Map.of()))
                    .withMessageContaining("initialize it");
            optimizer.initialize(trained.parameters());
            assertThatIllegalStateException()
                    .isThrownBy(() -> optimizer.initialize(trained.parameters()))
                    .withMessageContaining("one optimizer for each fit");
        }
    }

    @Test
    void refusesHyperParametersThatPyTorchRefuses() {
        List<Consumer<AdamBuilder<?>>> wrong = List.of(
                builder -> builder.lr(-1),
                builder -> builder.weightDecay(Double.NaN),
                builder -> builder.betas(0.9, 1),
                builder -> builder.eps(-1e-8));
        wrong.forEach(setting -> assertThatIllegalArgumentException().isThrownBy(() -> setting.accept(Adam.builder())));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SGD.builder().nesterov(true).build())
                .withMessageContaining("momentum above 0");
    }
}
