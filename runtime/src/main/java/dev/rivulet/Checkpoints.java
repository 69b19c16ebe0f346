package dev.rivulet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import dev.rivulet.format.SafetensorsEntry;
import dev.rivulet.format.SafetensorsReader;
import dev.rivulet.tensor.Conversion;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.tensor.NDArrays;
import dev.rivulet.tensor.ParameterNames;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.training.GradientMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads checkpoints of any stream: into a module, into a plain block, or just what a file says of itself. */
public final class Checkpoints {
    private Checkpoints() {}

    /**
     * What a file says of itself, without reading its weights.
     *
     * @throws NotACheckpointException if it was not written by this framework
     * @throws IOException if it cannot be read
     */
    public static Checkpoint describe(Path file) throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            return describe(file, reader);
        }
    }

    /**
     * Loads the weights into a module, which may be new, and calls its {@code @OnLoadCheckpoint} methods. Weights of
     * another floating-point type are converted to the model's. A new module is closed if it cannot be loaded.
     *
     * @return the module
     * @throws ArchitectureMismatchException if names or shapes differ from the model's, or a type cannot be converted, as
     *     that of quantized weights; nothing is loaded then
     * @throws NotACheckpointException if the file was not written by this framework
     * @throws IOException if it cannot be read
     */
    public static <M extends LightningModule> M load(Path file, M module) throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            Checkpoint checkpoint = describe(file, reader);
            boolean isNew = !module.hasWeights();
            try {
                Network network = module.network(checkpoint.provenance().inputShapes());
                fill(file, reader, network.arrays());
                tell(module, checkpoint);
            } catch (Throwable failure) {
                if (isNew) {
                    module.close();
                }
                throw failure;
            }
            return module;
        }
    }

    /**
     * Loads the weights into a plain block. A file of another framework will do if the block is initialized.
     *
     * @param manager holds the parameters if the block is not yet initialized
     * @throws ArchitectureMismatchException if names or shapes differ from the block's, or a type cannot be converted;
     *     nothing is loaded then
     * @throws NotACheckpointException if the block is not initialized and the file, written by another framework, does
     *     not say of which shapes its inputs are
     * @throws IOException if it cannot be read
     */
    public static void load(Path file, Block block, NDManager manager) throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            if (!block.isInitialized()) {
                Shape[] inputs =
                        describe(file, reader).provenance().inputShapes().toArray(Shape[]::new);
                block.initialize(manager, DataType.FLOAT32, inputs);
            }
            Map<String, NDArray> arrays = new LinkedHashMap<>();
            for (Map.Entry<String, Parameter> parameter :
                    ParameterNames.of(block).parameters().entrySet()) {
                arrays.put(parameter.getKey(), parameter.getValue().getArray());
            }
            fill(file, reader, arrays);
        }
    }

    private static Checkpoint describe(Path file, SafetensorsReader reader) throws NotACheckpointException {
        return CheckpointMetadata.read(file.toString(), reader.header().metadata());
    }

    private static void fill(Path file, SafetensorsReader reader, Map<String, NDArray> arrays) throws IOException {
        Map<String, SafetensorsEntry> entries = reader.header().entries();
        Map<String, TensorKind> found = new LinkedHashMap<>();
        entries.forEach((name, entry) -> found.put(name, new TensorKind(entry.dtype(), entry.shape())));
        found.keySet().removeAll(CheckpointMetadata.additions(reader.header().metadata()));
        Map<String, TensorKind> expected = new LinkedHashMap<>();
        arrays.forEach((name, array) -> expected.put(name, TensorKind.of(array)));
        ArchitectureMismatchException.check(file, expected, found);
        for (Map.Entry<String, NDArray> array : arrays.entrySet()) {
            Tensor tensor = reader.read(array.getKey());
            Dtype dtype = Dtype.of(array.getValue().getDataType());
            NDArrays.write(Conversion.convert(tensor, dtype), array.getValue());
        }
    }

    private static void tell(LightningModule module, Checkpoint checkpoint) throws IOException {
        GradientMode mode = GradientMode.off();
        try {
            new RegistryChain(module).onLoadCheckpoint(checkpoint.stream(), checkpoint);
        } catch (RuntimeException | IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(
                    "@OnLoadCheckpoint of " + module.getClass().getName() + " failed: " + e.getMessage(), e);
        } finally {
            mode.restore();
        }
    }
}
