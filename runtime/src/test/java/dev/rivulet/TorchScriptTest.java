package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.training.dataset.Batch;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.Garbage;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.optim.SGD;
import dev.rivulet.testing.ResumeVerifier;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** Models with TorchScript modules; {@code scripted.pt} was saved by PyTorch and maps 4 numbers to 3. */
class TorchScriptTest extends FitTestCase {

    /** A layer that is trained, and another block. */
    private static class ScriptedPlane extends PlaneModule {
        private final Supplier<Block> script;

        ScriptedPlane(Supplier<Block> script) {
            this.script = script;
        }

        @Override
        protected Block configureModel() {
            return new SequentialBlock()
                    .add(Linear.builder().setUnits(4).build())
                    .add(script.get());
        }

        @Override
        protected Optimizer configureOptimizers() {
            return SGD.builder().lr(0.01).momentum(0.9).build();
        }

        @Override
        protected NDArray loss(Batch batch) {
            return forward(batch.getData())
                    .head()
                    .sub(batch.getLabels().head())
                    .square()
                    .mean();
        }
    }

    /** The module with another first line. */
    private Model open(String code) {
        try {
            Files.createDirectories(directory);
            Path file = directory.resolve("scripted.pt");
            try (InputStream in = Objects.requireNonNull(TorchScriptTest.class.getResourceAsStream("scripted.pt"))) {
                Files.write(file, in.readAllBytes());
            }
            edit(file, directory.resolve("edited.pt"), code);
            Model model = Model.newInstance("edited");
            model.load(directory, "edited", Map.of("trainParam", "true"));
            return model;
        } catch (IOException | MalformedModelException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void edit(Path from, Path to, String code) throws IOException {
        try (ZipFile original = new ZipFile(from.toFile());
                OutputStream file = Files.newOutputStream(to);
                ZipOutputStream edited = new ZipOutputStream(file)) {
            for (ZipEntry entry : original.stream().toList()) {
                byte[] bytes = original.getInputStream(entry).readAllBytes();
                if (entry.getName().endsWith(".py")) {
                    bytes = new String(bytes, StandardCharsets.UTF_8)
                            .replace("    p = s.p\n", "    p = s.p\n    " + code + "\n")
                            .getBytes(StandardCharsets.UTF_8);
                }
                if (!entry.getName().endsWith(".debug_pkl")) {
                    edited.putNextEntry(new ZipEntry(entry.getName()));
                    edited.write(bytes);
                }
            }
        }
    }

    /** Its DJL model is forgotten, as after {@code return model.getBlock()}. */
    private Block frozen(String code) {
        Block block = open(code).getBlock();
        block.freezeParameters(true);
        return block;
    }

    private Block frozen() {
        return frozen("x = torch.gelu(torch.mul(torch.softmax(x, -1), torch.sigmoid(x)))");
    }

    @Test
    void aTrainableModuleIsRefusedByName() {
        assertThatThrownBy(() -> fit(new ScriptedPlane(() -> open("").getBlock())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("SequentialBlock/02PtSymbolBlock is a TorchScript module and cannot be trained,"
                        + " but p, q, t are not frozen")
                .hasMessageContaining("block.freezeParameters(true)")
                .hasMessageContaining("Checkpoints.load");
    }

    @Test
    void aModuleIsRefusedWhenItIsUnfrozen() {
        ScriptedPlane module = new ScriptedPlane(this::frozen) {
            @Override
            public void onTrainEpochStart() {
                Objects.requireNonNull(parameters().get("1.q")).freeze(currentEpoch() == 0);
            }
        };

        assertThatThrownBy(() -> fit(module)).hasMessageContaining("cannot be trained, but q is not frozen");
    }

    @Test
    void aModuleThatComputesOtherwiseInTrainingIsRefused() {
        assertThatThrownBy(() -> fit(new ScriptedPlane(() -> frozen("x = torch.dropout(x, 0.5, s.training)"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "SequentialBlock/02PtSymbolBlock is a TorchScript module that computes otherwise")
                .hasMessageContaining("torch.jit.freeze(module.eval())");
    }

    @Test
    void aModuleThatChangesItselfIsRefused() {
        assertThatThrownBy(() -> fit(new ScriptedPlane(() -> frozen("s.m = torch.add(s.m, 1)"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("assigns to its attributes");
    }

    @Test
    void aFrozenModulePassesGradientsOn() {
        try (ScriptedPlane module = new ScriptedPlane(this::frozen)) {
            fit(module);

            NDList predicted = module.predict(new NDList(manager.ones(new Shape(4, 2))));
            assertThat(predicted.head().getShape()).isEqualTo(new Shape(4, 3));
            assertThat(module.parameters()).containsOnlyKeys("0.weight", "0.bias", "1.p", "1.q", "1.t");
        }
    }

    @Test
    void resumesExactlyWithAFrozenModule() {
        ResumeVerifier.of(
                        () -> new ScriptedPlane(this::frozen),
                        () -> Trainer.builder().maxEpochs(2).seed(1),
                        () -> points)
                .stopAt(2, 3, 5)
                .run()
                .requireExact();
    }

    /** DJL closes a model that nobody refers to when the JVM collects garbage. */
    @Test
    void aForgottenModelIsNotClosedWhileItsBlockIsTrained() {
        ScriptedPlane module =
                new ScriptedPlane(() -> new SequentialBlock().add(loadedLayer()).add(frozen())) {
                    @Override
                    @SuppressWarnings("removal")
                    public void onBeforeBackward(NDArray loss) {
                        Garbage.collect();
                        System.runFinalization();
                    }
                };

        assertThat(fit(module).globalStep()).isEqualTo(8);
    }

    private Block loadedLayer() {
        try (Model model = Model.newInstance("layer")) {
            Block saved = layer();
            saved.initialize(manager, DataType.FLOAT32, new Shape(4, 4));
            model.setBlock(saved);
            model.save(directory, "layer");
            Model forgotten = Model.newInstance("layer");
            forgotten.setBlock(layer());
            forgotten.load(directory, "layer");
            return forgotten.getBlock();
        } catch (IOException | MalformedModelException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Block layer() {
        return Linear.builder().setUnits(4).build();
    }

    @Test
    void aModelThatIsStillOpenGetsItsBlockBack() {
        Model model = open("");
        PtSymbolBlock script = (PtSymbolBlock) model.getBlock();
        script.freezeParameters(true);
        NDArray weight = script.getDirectParameters().get("p").getArray();

        try (ScriptedPlane module = new ScriptedPlane(() -> script)) {
            fit(module);
        }

        assertThat(weight.isReleased()).isFalse();
        model.close();
        assertThat(weight.isReleased()).isTrue();
        assertThatThrownBy(script::getHandle).isInstanceOf(IllegalStateException.class);
    }
}
