package dev.rivulet;

import ai.djl.ndarray.types.Shape;
import dev.rivulet.format.PlainValues;
import dev.rivulet.format.TorchTensor;
import dev.rivulet.format.TorchValue;
import dev.rivulet.format.TorchWriter;
import dev.rivulet.lightning.LightningEntries;
import dev.rivulet.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The dictionary of a {@code .ckpt}: Lightning's, in which entries of the user's stand at the top level, as its users put
 * them there, and all that is Rivulet's under the key {@code rivulet}.
 */
final class CheckpointDictionary {
    static final String ADDITIONS = "additions";
    static final String METADATA = "metadata";

    private CheckpointDictionary() {}

    /**
     * Lays out a file.
     *
     * @throws IllegalArgumentException if an entry has a key that means something else
     */
    static TorchWriter write(CheckpointContent content) {
        Checkpoint checkpoint = content.checkpoint();
        Map<String, @Nullable Object> top = new LinkedHashMap<>();
        top.put("epoch", checkpoint.epoch());
        top.put("global_step", checkpoint.globalStep());
        top.put(LightningEntries.VERSION, LightningEntries.LAYOUT_VERSION);
        top.put(LightningEntries.STATE_DICT, stateDict(content.weights(), content.aliases()));
        content.training().map(LightningEntries::of).ifPresent(top::putAll);
        checkpoint.entries().forEach((key, value) -> {
            Checkpoint.requireFree(key);
            if (top.putIfAbsent(key, value) != null) {
                throw new IllegalArgumentException("A checkpoint entry cannot be called \"" + key
                        + "\": the training state has something under that key. Choose another one.");
            }
        });
        top.put(LightningEntries.OWN, own(content));
        return TorchWriter.of(PlainValues.toTorch(top));
    }

    private static TorchValue stateDict(Map<String, Tensor> weights, Map<String, String> aliases) {
        Map<String, TorchTensor> tensors = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> tensors.put(name, TorchTensor.of(tensor)));
        aliases.forEach((alias, name) -> {
            TorchTensor tied = tensors.get(name);
            if (tied == null || weights.containsKey(alias)) {
                throw new IllegalArgumentException("\"" + alias + "\" cannot be a further name of \"" + name + "\": "
                        + (tied == null ? "there is no such weight." : "it is another weight's."));
            }
            tensors.put(alias, TorchTensor.of(tied.storage(), tied.dtype(), tied.shape()));
        });
        return TorchValue.Dict.ordered(tensors);
    }

    private static Map<String, @Nullable Object> own(CheckpointContent content) {
        Provenance provenance = content.checkpoint().provenance();
        Map<String, @Nullable Object> own = new LinkedHashMap<>();
        own.put("version", provenance.version());
        own.put("stream", provenance.stream());
        own.put("kind", provenance.derivation().isPresent() ? "derived" : "original");
        provenance.derivation().ifPresent(derivation -> {
            own.put("transform", derivation.transform());
            own.put("source", derivation.source());
            own.put("source_digest", derivation.sourceDigest().orElseThrow());
        });
        own.put("epoch", provenance.epoch());
        own.put("global_step", provenance.globalStep());
        own.put("metrics", provenance.metrics());
        own.put(
                "input_shapes",
                provenance.inputShapes().stream()
                        .map(shape -> Arrays.stream(shape.getShape()).boxed().toList())
                        .toList());
        own.put("entries", List.copyOf(content.checkpoint().keys()));
        own.put(METADATA, content.metadata());
        own.put(ADDITIONS, content.additions());
        content.training()
                .map(LightningEntries::own)
                .ifPresent(training -> own.put(LightningEntries.TRAINING, training));
        return own;
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param file the file's name, for the message
     * @param top the dictionary in plain values
     * @throws NotACheckpointException if it is not that of a checkpoint of this framework
     */
    static Checkpoint read(String file, Map<?, ?> top) throws NotACheckpointException {
        try {
            Map<?, ?> own = value(top, LightningEntries.OWN, Map.class);
            Optional<Provenance.Derivation> derivation =
                    value(own, "kind", String.class).equals("derived")
                            ? Optional.of(new Provenance.Derivation(
                                    value(own, "transform", String.class),
                                    value(own, "source", String.class),
                                    Optional.of(value(own, "source_digest", String.class))))
                            : Optional.empty();
            Checkpoint checkpoint = new Checkpoint(
                    new Provenance(
                            value(own, "stream", String.class),
                            derivation,
                            Math.toIntExact(value(own, "epoch", Long.class)),
                            value(own, "global_step", Long.class),
                            metrics(value(own, "metrics", Map.class)),
                            shapes(value(own, "input_shapes", List.class)),
                            value(own, "version", String.class)),
                    Map.of());
            for (Object key : value(own, "entries", List.class)) {
                checkpoint.put(String.valueOf(key), value(top, String.valueOf(key), Object.class));
            }
            return checkpoint;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new NotACheckpointException(
                    file + " was not written by Rivulet, or its dictionary was changed: " + e.getMessage(), e);
        }
    }

    private static Map<String, Double> metrics(Map<?, ?> values) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        values.keySet()
                .forEach(name -> metrics.put(String.valueOf(name), value(values, String.valueOf(name), Double.class)));
        return metrics;
    }

    private static List<Shape> shapes(List<?> values) {
        List<Shape> shapes = new ArrayList<>();
        for (Object value : values) {
            if (!(value instanceof List<?> dimensions)
                    || !dimensions.stream().allMatch(dimension -> dimension instanceof Long)) {
                throw new IllegalArgumentException("its input_shapes hold " + value + ".");
            }
            shapes.add(new Shape(
                    dimensions.stream().mapToLong(dimension -> (Long) dimension).toArray()));
        }
        return shapes;
    }

    private static <T> T value(Map<?, ?> map, String key, Class<T> type) {
        Object value = map.get(key);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("it has no " + type.getSimpleName() + " \"" + key + "\".");
        }
        return type.cast(value);
    }
}
