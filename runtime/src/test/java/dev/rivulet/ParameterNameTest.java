package dev.rivulet;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.checkpoint.ArchitectureMismatchException;
import dev.rivulet.checkpoint.Verification;
import dev.rivulet.fixture.ExternalFile;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.fixture.TiedBlock;
import dev.rivulet.fixture.Weights;
import dev.rivulet.internal.file.CheckpointCodecs;
import dev.rivulet.internal.file.CheckpointFile;
import dev.rivulet.internal.tensor.LiveTensors;
import dev.rivulet.optim.SGD;
import dev.rivulet.tensor.ParameterNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Weights are saved and loaded under PyTorch's names, or under names of the user. */
class ParameterNameTest extends FitTestCase {

    @Test
    void aModuleIsSavedAndLoadedUnderTheNamesThatItGives() throws IOException {
        try (ModelModule module = new ModelModule()) {
            Path file = saved(module);
            assertThat(Weights.in(file)).isEqualTo(Weights.live(module)).containsOnlyKeys("model.weight", "model.bias");

            try (ModelModule loaded = Checkpoints.load(file, new ModelModule())) {
                assertThat(Weights.live(loaded)).isEqualTo(Weights.live(module));
            }
        }
    }

    /** A model as in the field {@code model} of a Lightning module. */
    private static final class ModelModule extends PlaneModule {
        private final SGD optimizer = SGD.builder().lr(0.1).build();

        @Override
        protected String parameterName(String name) {
            return "model." + name;
        }

        @Override
        protected Optimizer configureOptimizers() {
            return optimizer;
        }
    }

    private Path saved(LightningModule module) {
        return trainer().stream("original", policy -> policy.format(CheckpointFormat.SAFETENSORS))
                .build()
                .fit(module, points)
                .stream("original")
                .bestModelPath();
    }

    @Test
    void theOptimizerKnowsTheNamesThatAModuleGives() {
        try (ModelModule module = new ModelModule()) {
            List<String> names = new ArrayList<>();
            trainer()
                    .callbacks(new Callback() {
                        @Override
                        public void onTrainEnd(Trainer trainer, LightningModule trained) {
                            names.addAll(module.optimizer.paramGroups().get(0).parameters());
                        }
                    })
                    .build()
                    .fit(module, points);

            assertThat(names).containsExactly("model.weight", "model.bias");
        }
    }

    @Test
    void aModuleListsItsParametersUnderTheNamesThatItGives() {
        try (ModelModule module = new ModelModule()) {
            assertThatThrownBy(module::parameters).isInstanceOf(IllegalStateException.class);
            List<String> names = new ArrayList<>();
            trainer()
                    .callbacks(new Callback() {
                        @Override
                        public void onFitStart(Trainer trainer, LightningModule trained) {
                            names.addAll(trained.parameters().keySet());
                        }
                    })
                    .build()
                    .fit(module, points);

            assertThat(names).containsExactly("model.weight", "model.bias");
            assertThat(requireNonNull(module.parameters().get("model.bias"))
                            .getArray()
                            .toFloatArray())
                    .containsExactly(requireNonNull(Weights.live(module).get("model.bias"))
                            .get(0));
        }
    }

    @Test
    void aModuleThatGivesOneNameTwiceIsRefused() {
        try (PlaneModule module = new PlaneModule() {
            @Override
            protected String parameterName(String name) {
                return "w";
            }
        }) {
            assertThatThrownBy(() -> fit(module))
                    .hasMessageContaining("Two parameters would be called \"w\": Linear/weight and Linear/bias.");
            assertThat(LiveNetwork.hasWeights(module)).isFalse();
        }
    }

    @Test
    void aPlainBlockIsFilledUnderTheCallersNames() throws IOException {
        try (ModelModule module = new ModelModule()) {
            Path file = saved(module);
            Block block = Linear.builder().setUnits(1).build();

            Checkpoints.load(file, block, manager, Verification.CHECKSUMS, module::parameterName);

            assertThat(Weights.live(module))
                    .containsEntry(
                            "model.bias",
                            List.of(block.getDirectParameters()
                                    .get("bias")
                                    .getArray()
                                    .getFloat(0)));
        }
    }

    @Test
    void aLightningCheckpointFillsABlockOfAnotherStructure() throws Exception {
        Block block = new SequentialBlock()
                .add(Linear.builder().setUnits(3).build())
                .add(BatchNorm.builder().build())
                .add(Activation::relu)
                .add(Linear.builder().setUnits(1).build());
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 4));
        Path theirs = Path.of(
                requireNonNull(ParameterNameTest.class.getResource("internal/format/torch/lightning-adamw.ckpt"))
                        .toURI());

        Checkpoints.load(
                theirs,
                block,
                manager,
                Verification.CHECKSUMS,
                name -> name.startsWith("3.") ? name.replace("3.", "head.") : "body." + name);

        try (CheckpointFile file = CheckpointCodecs.open(theirs);
                LiveTensors live = new LiveTensors()) {
            assertThat(file.weights()).containsKey("body.1.num_batches_tracked");
            NDArray variance = requireNonNull(
                            ParameterNames.of(block).parameters().get("1.running_var"))
                    .getArray();
            assertThat(live.view(variance).contentEquals(file.read("body.1.running_var")))
                    .isTrue();
        }
    }

    @Test
    void batchNormCountersOfPyTorchAreSkipped() throws IOException {
        Block block = new SequentialBlock()
                .add(Linear.builder().setUnits(2).build())
                .add(BatchNorm.builder().build());
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 2));
        Map<String, NDArray> saved = weights(block);
        saved.put("1.num_batches_tracked", manager.create(7L));

        Checkpoints.load(ExternalFile.write(directory.resolve("counted.safetensors"), saved), block, manager);

        saved.put("0.num_batches_tracked", manager.create(7L));
        Path other = ExternalFile.write(directory.resolve("other.safetensors"), saved);
        assertThatThrownBy(() -> Checkpoints.load(other, block, manager))
                .isExactlyInstanceOf(ArchitectureMismatchException.class)
                .hasMessage(other + " does not fit the model:\n  0.num_batches_tracked is not in the model");
    }

    private Map<String, NDArray> weights(Block block) {
        Map<String, NDArray> weights = new LinkedHashMap<>();
        ParameterNames.of(block)
                .parameters()
                .forEach((name, parameter) ->
                        weights.put(name, parameter.getArray().duplicate()));
        return weights;
    }

    @Test
    void aSharedParameterIsFilledFromAnyOfItsNames() throws IOException {
        for (List<String> layers : List.of(List.of("encoder"), List.of("decoder"), List.of("encoder", "decoder"))) {
            Block block = tied();

            Checkpoints.load(file(layers), block, manager);

            Block shared = block.getChildren().get(0).getValue();
            assertThat(shared.getDirectParameters().get("weight").getArray().toFloatArray())
                    .as("from %s", layers)
                    .containsExactly(1, 2, 3, 4);
        }
    }

    private Block tied() {
        Block block = new TiedBlock();
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 2));
        return block;
    }

    private Path file(List<String> layers) throws IOException {
        Map<String, NDArray> saved = new LinkedHashMap<>();
        for (String layer : layers) {
            saved.put(layer + ".weight", manager.create(new float[] {1, 2, 3, 4}, new Shape(2, 2)));
            saved.put(layer + ".bias", manager.create(new float[] {5, 6}));
        }
        return ExternalFile.write(directory.resolve(String.join("-", layers) + ".safetensors"), saved);
    }

    @Test
    void differentWeightsForASharedParameterAreRefused() throws IOException {
        Block block = tied();
        float[] before = block.getParameters().get(0).getValue().getArray().toFloatArray();
        Map<String, NDArray> saved = new LinkedHashMap<>();
        for (String layer : List.of("encoder", "decoder")) {
            saved.put(layer + ".weight", manager.create(new float[] {1, 2, 3, saved.size()}, new Shape(2, 2)));
            saved.put(layer + ".bias", manager.create(new float[] {5, 6}));
        }
        Path file = ExternalFile.write(directory.resolve("untied.safetensors"), saved);

        assertThatThrownBy(() -> Checkpoints.load(file, block, manager))
                .isExactlyInstanceOf(ArchitectureMismatchException.class)
                .hasMessage(file + " does not fit the model:\n  encoder.weight and decoder.weight differ in the file,"
                        + " but are one parameter in the model");
        assertThat(block.getParameters().get(0).getValue().getArray().toFloatArray())
                .containsExactly(before);
    }

    @Test
    void aSharedParameterOfAnotherShapeIsRefusedUnderEachName() throws IOException {
        Map<String, NDArray> saved = new LinkedHashMap<>();
        saved.put("encoder.weight", manager.create(new Shape(2, 2)));
        saved.put("encoder.bias", manager.create(new Shape(2)));
        saved.put("decoder.weight", manager.create(new Shape(2, 3)));
        Path file = ExternalFile.write(directory.resolve("wide.safetensors"), saved);

        assertThatThrownBy(() -> Checkpoints.load(file, tied(), manager))
                .isExactlyInstanceOf(ArchitectureMismatchException.class)
                .hasMessage(file
                        + " does not fit the model:\n  decoder.weight is F32[2, 3] in the file, F32[2, 2] in"
                        + " the model");
    }

    @Test
    void aSharedParameterIsSavedUnderItsFirstName() {
        try (PlaneModule module = new PlaneModule() {
            @Override
            protected Block configureModel() {
                return new SequentialBlock()
                        .add(new TiedBlock())
                        .add(Linear.builder().setUnits(1).build());
            }
        }) {
            assertThat(Weights.in(saved(module)))
                    .containsOnlyKeys("0.encoder.weight", "0.encoder.bias", "1.weight", "1.bias");
            assertThat(LiveNetwork.of(module).aliases())
                    .containsExactly(
                            Map.entry("0.decoder.weight", "0.encoder.weight"),
                            Map.entry("0.decoder.bias", "0.encoder.bias"));
        }
    }
}
