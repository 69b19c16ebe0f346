package dev.rivulet.internal.file;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.internal.lightning.TrainingState;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.transform.TransformException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * All that a checkpoint's file is to hold, whatever its format.
 *
 * @param checkpoint what the file says of itself, with the user's entries
 * @param weights by name, each once
 * @param aliases further names of weights, such as those of tied layers, with the name in {@code weights}
 * @param extraTensors tensors that are no weights
 * @param metadata stringMetadata that a transform adds
 * @param training what a run needs beside its weights to go on; empty for weights alone
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
     * @throws TransformException if an addition has the name of a weight
     */
    public CheckpointContent {
        for (String name : extraTensors.keySet()) {
            if (weights.containsKey(name) || aliases.containsKey(name)) {
                throw taken(
                        checkpoint, "adds a tensor \"" + name + "\", but a weight has that name; choose another one.");
            }
        }
    }

    /** Weights and additions as one map. */
    Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>(weights);
        tensors.putAll(extraTensors);
        return tensors;
    }

    /**
     * The checkpoint and the transform's metadata as stringMetadata.
     *
     * @throws TransformException if one of the transform's keys is taken
     */
    Map<String, String> stringMetadata() {
        Map<String, String> stringMetadata = CheckpointMetadata.write(checkpoint, extraTensors.keySet());
        metadata.forEach((key, value) -> {
            if (stringMetadata.putIfAbsent(key, value) != null) {
                throw taken(checkpoint, "puts metadata under \"" + key + "\", which is taken; choose another key.");
            }
        });
        return stringMetadata;
    }

    private static TransformException taken(Checkpoint checkpoint, String what) {
        return new TransformException("The transform of the stream \"" + checkpoint.stream() + "\" " + what);
    }
}
