package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.dataset.Batch;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.LightningFiles;
import dev.rivulet.internal.format.torch.PlainValues;
import dev.rivulet.internal.format.torch.TorchValue;
import dev.rivulet.optim.Adam;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Optimizer states of Lightning's files, which number parameters in the order of the Python module. */
class LightningOptimizerTest extends FitTestCase {
    private static final List<String> NAMES = List.of("0.weight", "0.bias", "1.weight", "1.bias", "2.weight", "2.bias");

    /** Two layers of one shape, and a third one. */
    private static final class Layers extends LightningModule {
        private final boolean freezes;
        private final int frozenLayer;

        Layers() {
            this(false, 0);
        }

        private Layers(boolean freezes, int frozenLayer) {
            this.freezes = freezes;
            this.frozenLayer = frozenLayer;
        }

        static Layers frozen(int layer) {
            return new Layers(true, layer);
        }

        @Override
        protected Block configureModel() {
            return new SequentialBlock()
                    .add(Linear.builder().setUnits(2).build())
                    .add(Linear.builder().setUnits(2).build())
                    .add(Linear.builder().setUnits(1).build());
        }

        @Override
        protected Optimizer configureOptimizers() {
            if (freezes) {
                parameters().forEach((name, parameter) -> parameter.freeze(name.startsWith(frozenLayer + ".")));
            }
            return Adam.builder().lr(0.05).build();
        }

        @Override
        protected NDArray trainingStep(Batch batch, int batchIndex) {
            NDArray output = forward(new NDList(batch.getData().head())).head();
            return batch.getLabels().head().sub(output).square().mean();
        }
    }

    private void train(Layers module) {
        try (module) {
            trainer().maxEpochs(1).build().fit(module, points);
        }
    }

    private List<float[]> resume(Layers module, Path from) {
        try (module) {
            trainer().enableCheckpointing(false).build().fit(module, points, resumeFrom(from));
            return module.parameters().values().stream()
                    .map(parameter -> parameter.getArray().toFloatArray())
                    .toList();
        }
    }

    private Path lightning(String name, List<String> order, List<String> optimized) throws IOException {
        return lightning(name, order, optimized, false);
    }

    /**
     * What Lightning writes for a module with its parameters in another order.
     *
     * @param optimized the parameters of the optimizer, in its order
     * @param named whether the optimizer knows their names
     */
    private Path lightning(String name, List<String> order, List<String> optimized, boolean named) throws IOException {
        return LightningFiles.of(file("original", 0), directory.resolve(name + ".ckpt"), entries -> {
            TorchValue.Dict weights = (TorchValue.Dict) Objects.requireNonNull(entries.get("state_dict"));
            Map<String, TorchValue> ordered = new LinkedHashMap<>();
            order.forEach(key -> ordered.put(key, weights.get(key).orElseThrow()));
            entries.put("state_dict", TorchValue.Dict.ordered(ordered));

            Map<?, ?> state = (Map<?, ?>) ((List<?>) plain(entries.get("optimizer_states"))).get(0);
            Map<?, ?> byNumber = (Map<?, ?>) Objects.requireNonNull(state.get("state"));
            Map<Object, @Nullable Object> renumbered = new LinkedHashMap<>();
            List<Long> numbers = new ArrayList<>();
            for (String parameter : optimized) {
                numbers.add((long) numbers.size());
                renumbered.put((long) renumbered.size(), byNumber.get((long) NAMES.indexOf(parameter)));
            }
            Map<Object, @Nullable Object> group = new LinkedHashMap<>(
                    (Map<?, ?>) ((List<?>) Objects.requireNonNull(state.get("param_groups"))).get(0));
            group.put("params", numbers);
            if (named) {
                group.put("param_names", optimized);
            }
            entries.put("optimizer_states", List.of(Map.of("state", renumbered, "param_groups", List.of(group))));
        });
    }

    private static Object plain(@Nullable Object value) {
        return Objects.requireNonNull(PlainValues.fromTorch((TorchValue) Objects.requireNonNull(value)));
    }

    @Test
    void momentsBelongToTheParametersOfTheirNames() throws IOException {
        train(new Layers());
        List<String> otherOrder = List.of("1.weight", "1.bias", "2.weight", "2.bias", "0.weight", "0.bias");

        List<float[]> expected = resume(new Layers(), lightning("same", NAMES, NAMES));

        assertThat(resume(new Layers(), lightning("other", otherOrder, otherOrder)))
                .usingRecursiveComparison()
                .isEqualTo(expected);
    }

    @Test
    void namesOfTheOptimizerCountMoreThanTheOrder() throws IOException {
        train(new Layers());
        List<String> shuffled = new ArrayList<>(NAMES);
        Collections.rotate(shuffled, 3);

        List<float[]> expected = resume(new Layers(), lightning("same", NAMES, NAMES));

        assertThat(resume(new Layers(), lightning("named", NAMES, shuffled, true)))
                .usingRecursiveComparison()
                .isEqualTo(expected);
    }

    @Test
    void anOptimizerOfTheTrainedParametersResumes() throws IOException {
        train(Layers.frozen(2));
        List<String> trained = NAMES.subList(0, 4);

        List<float[]> expected = resume(Layers.frozen(2), lightning("all", NAMES, NAMES));

        assertThat(resume(Layers.frozen(2), lightning("trained", NAMES, trained)))
                .usingRecursiveComparison()
                .isEqualTo(expected);
    }

    @Test
    void refusesAnOptimizerOfSomeParametersThatTheShapesDoNotTell() throws IOException {
        train(Layers.frozen(0));
        Path file = lightning("ambiguous", NAMES, NAMES.subList(2, 6));

        assertThatThrownBy(() -> resume(Layers.frozen(0), file))
                .isInstanceOf(NotResumableException.class)
                .hasMessageContainingAll("4 of the 6 parameters", "does not tell which", "self.named_parameters()");
        resume(Layers.frozen(0), lightning("named", NAMES, NAMES.subList(2, 6), true));
    }

    @Test
    void refusesAnOptimizerOfSomeParametersIfAllAreTrained() throws IOException {
        train(Layers.frozen(2));
        Path file = lightning("trained", NAMES, NAMES.subList(0, 4));

        assertThatThrownBy(() -> resume(new Layers(), file))
                .isInstanceOf(NotResumableException.class)
                .hasMessageContainingAll("has 4 parameters, but the group has 6", "freeze the others");
    }
}
