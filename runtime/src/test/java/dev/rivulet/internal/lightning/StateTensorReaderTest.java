package dev.rivulet.internal.lightning;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.internal.format.torch.TorchStorage;
import dev.rivulet.internal.format.torch.TorchTensor;
import dev.rivulet.internal.loop.LoopProgress;
import dev.rivulet.internal.loop.LoopProgress.Batches;
import dev.rivulet.internal.loop.LoopProgress.Epochs;
import dev.rivulet.internal.loop.LoopProgress.Position;
import dev.rivulet.internal.loop.LoopProgress.Validation;
import dev.rivulet.internal.tensor.DirectMemory;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.TensorShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StateTensorReaderTest {

    /** Like a hostile file: ten thousand views of one megabyte. */
    @Test
    void takesNoMoreMemoryThanTheFileSize() {
        int size = 1 << 20;
        TorchStorage storage = TorchStorage.of(DirectMemory.allocate(size).asTensor(Dtype.U8, TensorShape.of(size)));
        List<TorchTensor> views = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            views.add(TorchTensor.view(storage, Dtype.U8, i, TensorShape.of(size - i), 1));
        }
        LoopProgress progress = new LoopProgress(
                Position.TRAIN_END,
                4,
                new Epochs(0, 1),
                new Batches(3, true, 4, 4),
                new Validation(false, false),
                false);
        TrainingState saved =
                new TrainingState(progress, List.of(Map.of("state", views)), List.of(), Map.of(), Map.of());

        assertThatThrownBy(() -> new StateTensorReader(saved, Optional.empty(), 2L * size))
                .isInstanceOf(NoTrainingStateException.class)
                .hasMessageContainingAll("more than the 2097152 bytes of the file", "clone()");
    }
}
