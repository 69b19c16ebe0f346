package dev.rivulet;

import static dev.rivulet.ResumeFrom.resumeFrom;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.dataset.Batch;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.util.PairList;
import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.internal.file.CheckpointCodecs;
import dev.rivulet.internal.file.CheckpointFile;
import dev.rivulet.interop.Python;
import dev.rivulet.optim.SGD;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Tensors beyond 2 GiB, the limit of Java buffers, in files beyond 4 GiB, which need zip64 records. Takes 18 GB of
 * memory and 9 GB of disk.
 */
@Tag("slow")
@EnabledIfSystemProperty(named = "rivulet.large", matches = "true", disabledReason = "takes 18 GB of memory")
class LargeTensorsTest extends FitTestCase {
    private static final Shape SHAPE = new Shape((1L << 25) + 1, 16);

    /** Computes the mean of all elements of its weight, without further memory. */
    private static final class LargeModule extends LightningModule {

        @Override
        protected Block configureModel() {
            return new LargeBlock();
        }

        @Override
        protected Optimizer configureOptimizers() {
            return SGD.builder().lr(1e8).momentum(0.9).build();
        }

        @Override
        protected NDArray trainingStep(Batch batch, int batchIndex) {
            return forward(batch.getData()).head();
        }
    }

    private static final class LargeBlock extends AbstractBlock {
        private final Parameter weight = addParameter(Parameter.builder()
                .setName("weight")
                .setType(Parameter.Type.WEIGHT)
                .optShape(SHAPE)
                .build());

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            NDArray value = store.getValue(weight, inputs.head().getDevice(), training);
            return new NDList(value.mean());
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return new Shape[] {new Shape()};
        }
    }

    private FitResult fit(String folder, int steps, ResumeFrom from, CheckpointFormat format) {
        try (LargeModule module = new LargeModule()) {
            return trainer().maxSteps(steps).maxPendingSaves(0).defaultRootDir(directory.resolve(folder)).stream(
                            "original", policy -> policy.everyNTrainSteps(1).format(format))
                    .build()
                    .fit(module, points, from);
        }
    }

    private static Path saved(FitResult result) {
        return result.stream("original").bestModelPath();
    }

    @Test
    void areTrainedSavedAndResumedBitForBit() throws IOException {
        Map<String, String> straight =
                CheckpointValues.in(saved(fit("run", 3, ResumeFrom.nothing(), CheckpointFormat.CKPT)));
        fit("run", 2, ResumeFrom.nothing(), CheckpointFormat.CKPT);

        FitResult resumed = fit("run", 3, resumeFrom("last"), CheckpointFormat.CKPT);

        assertThat(Files.size(saved(resumed))).isGreaterThan(1L << 32);
        assertThat(CheckpointValues.in(saved(resumed))).isEqualTo(straight);
    }

    @Test
    void areReadByPythonInBothFormats() throws IOException {
        Python.assumeHas("torch", "safetensors");
        for (CheckpointFormat format : List.of(CheckpointFormat.CKPT, CheckpointFormat.SAFETENSORS)) {
            Path file = saved(fit(format.name(), 1, ResumeFrom.nothing(), format));
            try (CheckpointFile open = CheckpointCodecs.open(file)) {
                String digest = CheckpointValues.sha256(List.of(open.read("weight")));
                assertThat(Python.run("large.py", file.toString()))
                        .containsExactly("weight torch.float32 [" + SHAPE.get(0) + ", 16] " + digest);
            }
        }
    }
}
