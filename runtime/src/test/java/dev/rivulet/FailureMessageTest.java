package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import dev.rivulet.checkpoint.FitException;
import dev.rivulet.checkpoint.StreamFailure;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.fixture.TransformingModule;
import dev.rivulet.internal.engine.TorchEngine;
import dev.rivulet.process.ChildProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What messages say where a failure itself says little. */
class FailureMessageTest extends FitTestCase {

    /** A training step that does what a test wants with its loss. */
    private static class LossModule extends PlaneModule {
        @Override
        protected NDArray trainingStep(Batch batch, int batchIndex) {
            return changed(loss(batch));
        }

        NDArray changed(NDArray loss) {
            return loss;
        }
    }

    private ArrayDataset points(int width) {
        return new ArrayDataset.Builder()
                .setData(manager.ones(new Shape(8, width)))
                .optLabels(manager.ones(new Shape(8, 1)))
                .setSampling(4, false)
                .build();
    }

    @Test
    void anExceptionWithoutAMessageIsNamed() {
        try (TransformingModule module = new TransformingModule()) {
            module.transform("transformed", (weights, context) -> {
                throw new ArrayStoreException();
            });
            module.when("averaged", context -> {
                throw new NegativeArraySizeException();
            });
            module.onSave("pruned", checkpoint -> {
                throw new CloneNotSupportedException();
            });

            FitResult result = fit(module);

            for (String[] failure : new String[][] {
                {"transformed", "java.lang.ArrayStoreException"},
                {"averaged", "java.lang.NegativeArraySizeException"},
                {"pruned", "java.lang.CloneNotSupportedException"},
            }) {
                assertThat(result.stream(failure[0]).failures())
                        .extracting(StreamFailure::toString)
                        .contains("stream \"" + failure[0] + "\", epoch 0, step 4: " + failure[1]);
            }
        }
    }

    @Test
    void aLoadHookWithoutAMessageIsNamed() {
        try (TransformingModule module = new TransformingModule()) {
            fit(module);
            module.onLoad("original", checkpoint -> {
                throw new CloneNotSupportedException();
            });

            assertThatThrownBy(() -> Checkpoints.load(file("original", 1), module))
                    .hasMessageContaining("failed: java.lang.CloneNotSupportedException");
        }
    }

    @Test
    void anInterruptedThreadIsNotToldToMakeTheDirectoryWritable() {
        try (PlaneModule module = new PlaneModule()) {
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> fit(module))
                    .isExactlyInstanceOf(FitException.class)
                    .hasMessageStartingWith("Training did not start: ")
                    .hasMessageContaining("the thread was interrupted")
                    .hasMessageNotContainingAny("null", "writable");
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void aRunThatIsInterruptedWhileItTrainsSaysSo() {
        try (PlaneModule module = new LossModule() {
            @Override
            NDArray changed(NDArray loss) {
                Thread.currentThread().interrupt();
                return loss;
            }
        }) {
            assertThatThrownBy(() -> trainer().maxPendingSaves(0).build().fit(module, points, points))
                    .isExactlyInstanceOf(FitException.class)
                    .hasMessageContaining("nterrupted")
                    .hasMessageNotContainingAny("null", "writable");
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void aLossWithoutGradientSaysWhatToReturn() {
        try (PlaneModule module = new LossModule() {
            @Override
            NDArray changed(NDArray loss) {
                return loss.stopGradient();
            }
        }) {
            assertThatThrownBy(() -> fit(module))
                    .hasMessageStartingWith("The gradients of the loss that trainingStep returned cannot be computed;"
                            + " libtorch says: element 0 of tensors does not require grad")
                    .hasMessageContaining("without stopGradient()")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void anInputOfAnotherWidthIsNamedWithItsShapes() {
        try (PlaneModule module = new PlaneModule()) {
            assertThatThrownBy(() -> trainer().build().fit(module, points(2), points(3)))
                    .hasMessageContaining("The model cannot compute inputs of the shapes [(4, 3)]; it was initialized"
                            + " for [(4, 2)]")
                    .hasMessageContaining("libtorch says: mat1 and mat2 shapes cannot be multiplied (4x3 and 2x1)")
                    .hasMessageNotContaining("\n");
            assertThatThrownBy(() -> module.predict(new NDList(manager.ones(new Shape(1, 5)))))
                    .hasMessageStartingWith("The model cannot compute inputs of the shapes [(1, 5)]");
        }
    }

    @Test
    void anOperationThatFailsInAStepIsNamedWithTheBatch() {
        try (PlaneModule module = new LossModule() {
            @Override
            NDArray changed(NDArray loss) {
                return loss.reshape(2, 2);
            }
        }) {
            assertThatThrownBy(() -> fit(module))
                    .hasMessageContaining(".trainingStep failed on a batch with data of the shapes [(4, 2)] and labels"
                            + " of the shapes [(4, 1)]: ")
                    .hasMessageNotContaining("\n");
        }
    }

    /** Loads libtorch. */
    static final class LoadingTorch {
        public static void main(String[] arguments) {
            try {
                TorchEngine.get();
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    @Tag("slow")
    void aMissingLibtorchIsNamed() throws IOException {
        String withoutLibtorch = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("pytorch-native") && !entry.contains("pytorch-jni"))
                .collect(Collectors.joining(File.pathSeparator));
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        try (ChildProcess loading = ChildProcess.start(List.of(
                java.toString(),
                "-Dai.djl.offline=true",
                "-DENGINE_CACHE_DIR=" + directory,
                "-DDJL_CACHE_DIR=" + directory,
                "-cp",
                withoutLibtorch,
                LoadingTorch.class.getName()))) {
            assertThat(loading.toEnd())
                    .singleElement()
                    .asString()
                    .startsWith(
                            "libtorch cannot be loaded. Add to the class path ai.djl.pytorch:pytorch-native-cpu:2.7.1")
                    .contains("ai.djl.pytorch:pytorch-jni:2.7.1-0.36.0");
        }
    }
}
