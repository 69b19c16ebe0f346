package dev.rivulet.internal.file;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.internal.lightning.TrainingState;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.transform.TransformException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The content of a checkpoint file, independent of the format.
 *
 * @param checkpoint the description of the checkpoint, including the user's entries
 * @param weights by name, each once
 * @param aliases other names of weights, such as those of tied layers, with the name in {@code weights}
 * @param extraTensors tensors that are not weights
 * @param metadata strings that a transform adds
 * @param training what a run needs in addition to its weights to resume; empty in a weights-only checkpoint
 */
public record CheckpointContent(
        Checkpoint checkpoint,
        Map<String, Tensor> weights,
        Map<String, String> aliases,
        Map<String, Tensor> extraTensors,
        Map<String, String> metadata,
        Optional<TrainingState> training) {

    /**
     * Content of a file.
     *
     * @throws TransformException if an extra tensor has the name of a weight
     */
    public CheckpointContent {
        for (String name : extraTensors.keySet()) {
            if (weights.containsKey(name) || aliases.containsKey(name)) {
                throw taken(
                        checkpoint, "adds a tensor \"" + name + "\", but a weight has that name; choose another one.");
            }
        }
    }

    /** Weights and extra tensors as one map. */
    Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>(weights);
        tensors.putAll(extraTensors);
        return tensors;
    }

    static TransformException taken(Checkpoint checkpoint, String what) {
        return new TransformException("The transform of the stream \"" + checkpoint.stream() + "\" " + what);
    }
}
