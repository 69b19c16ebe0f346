package dev.rivulet.internal.file;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.FileVerification.Part;
import dev.rivulet.checkpoint.NotACheckpointException;
import dev.rivulet.internal.format.torch.PlainValues;
import dev.rivulet.internal.format.torch.TorchReader;
import dev.rivulet.internal.format.torch.TorchStorage;
import dev.rivulet.internal.format.torch.TorchTensor;
import dev.rivulet.internal.format.torch.TorchValue;
import dev.rivulet.internal.lightning.LightningEntries;
import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open PyTorch file: a {@code .ckpt} of this framework or of Lightning, or a state dict that {@code torch.save}
 * wrote.
 */
public final class TorchCheckpointFile implements CheckpointFile {
    private static final Logger LOG = LoggerFactory.getLogger(TorchCheckpointFile.class);
    private static final TorchValue.Dict NO_ENTRIES = TorchValue.Dict.of(Map.of());

    private final Path path;
    private final long byteCount;
    private final TorchReader reader;

    private TorchCheckpointFile(Path path, long byteCount, TorchReader reader) {
        this.path = path;
        this.byteCount = byteCount;
        this.reader = reader;
    }

    static TorchCheckpointFile open(Path path) throws IOException {
        TorchReader reader = TorchReader.open(path);
        if (!reader.hasChecksums()) {
            LOG.warn("{} has no checksums, so damage to its tensors cannot be detected.", path);
        }
        try {
            return new TorchCheckpointFile(path, Files.size(path), reader);
        } catch (Throwable failure) {
            reader.close();
            throw failure;
        }
    }

    /** The open file. */
    public TorchReader reader() {
        return reader;
    }

    /**
     * The dictionary as plain values; {@link #reader} reads its tensors from the file.
     *
     * @throws NotACheckpointException if the file holds something else
     */
    public Map<String, @Nullable Object> dictionary() throws NotACheckpointException {
        Map<String, @Nullable Object> dictionary = new LinkedHashMap<>();
        top().entries().forEach((key, value) -> {
            if (key instanceof TorchValue.Str string) {
                dictionary.put(string.value(), PlainValues.fromTorch(value));
            }
        });
        return dictionary;
    }

    /**
     * The states of callbacks by key, as in the file, with their tensors in memory.
     *
     * @throws NotACheckpointException if they are not a dictionary
     */
    public TorchValue.Dict callbackStates() throws IOException {
        TorchValue states = top().get(LightningEntries.CALLBACKS).orElse(NO_ENTRIES);
        if (reader.load(states) instanceof TorchValue.Dict loaded) {
            return loaded;
        }
        throw new NotACheckpointException(path + " has \"" + LightningEntries.CALLBACKS + "\" = "
                + PlainValues.fromTorch(states) + " instead of a dictionary; remove the entry in Python.");
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long byteCount() {
        return byteCount;
    }

    @Override
    public boolean isExternal() {
        return !(reader.content() instanceof TorchValue.Dict top
                && top.get(LightningEntries.OWN).isPresent());
    }

    @Override
    public boolean holdsTrainingState() {
        return !own(LightningEntries.TRAINING).isEmpty();
    }

    @Override
    public Checkpoint describe() throws NotACheckpointException {
        return CheckpointDictionary.read(path.toString(), dictionary());
    }

    @Override
    public Map<String, TensorKind> weights() throws NotACheckpointException {
        Map<String, TensorKind> weights = new LinkedHashMap<>();
        stateDict().forEach((name, tensor) -> weights.put(name, new TensorKind(tensor.dtype(), tensor.shape())));
        weights.keySet().removeAll(aliases().keySet());
        return weights;
    }

    @Override
    public Map<String, String> aliases() throws NotACheckpointException {
        Map<String, String> aliases = new LinkedHashMap<>();
        IdentityHashMap<TorchStorage, Map<String, String>> names = new IdentityHashMap<>();
        stateDict().forEach((name, tensor) -> {
            String first = names.computeIfAbsent(tensor.storage(), storage -> new HashMap<>())
                    .putIfAbsent(tensor.viewKey(), name);
            if (first != null) {
                aliases.put(name, first);
            }
        });
        return aliases;
    }

    @Override
    public Set<String> extraTensors() {
        return own(ProvenanceCodec.EXTRA_TENSORS).keySet();
    }

    @Override
    public Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        own(CheckpointDictionary.METADATA).forEach((key, value) -> {
            if (value instanceof TorchValue.Str string) {
                metadata.put(key, string.value());
            }
        });
        return metadata;
    }

    /**
     * Zip files have checksums of all entries, unless {@code torch.save} was told to write none; only in files of this framework are the bytes between them verified too.
     */
    @Override
    public Set<Part> checksums() {
        if (!reader.hasChecksums()) {
            return EnumSet.noneOf(Part.class);
        }
        return reader.isFullyVerifiable() ? EnumSet.of(Part.HEADER, Part.DATA) : EnumSet.of(Part.DATA);
    }

    @Override
    public Tensor read(String name) throws IOException {
        return reader.read(tensor(name, stateDict()));
    }

    @Override
    public void read(Map<String, List<ByteBuffer>> memory) throws IOException {
        reader.read(byTensor(memory));
    }

    @Override
    public long readAll(Map<String, List<ByteBuffer>> memory) throws IOException {
        return reader.readAll(byTensor(memory));
    }

    /** Maps memory by tensor name to memory by the reader's tensors. */
    public Map<TorchTensor, List<ByteBuffer>> byTensor(Map<String, List<ByteBuffer>> memory)
            throws NotACheckpointException {
        Map<String, TorchTensor> stateDict = memory.isEmpty() ? Map.of() : stateDict();
        Map<TorchTensor, List<ByteBuffer>> byTensor = new HashMap<>();
        memory.forEach((name, buffers) -> byTensor.put(tensor(name, stateDict), buffers));
        return byTensor;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    private TorchTensor tensor(String name, Map<String, TorchTensor> stateDict) {
        TorchTensor tensor = stateDict.get(name);
        if (tensor != null) {
            return tensor;
        }
        if (own(ProvenanceCodec.EXTRA_TENSORS).get(name) instanceof TorchTensor extraTensor) {
            return extraTensor;
        }
        throw new NoSuchElementException(
                path + " has no tensor \"" + name + "\"; it has " + stateDict.size() + " others.");
    }

    private TorchValue.Dict top() throws NotACheckpointException {
        if (reader.content() instanceof TorchValue.Dict dict) {
            return dict;
        }
        throw new NotACheckpointException(path + " holds "
                + reader.content().getClass().getSimpleName()
                + ", not a dictionary. Save a state dict, or a dictionary with one under \"state_dict\".");
    }

    /** The tensors under {@code state_dict}, or those of the top level if the file is a plain state dict. */
    private Map<String, TorchTensor> stateDict() throws NotACheckpointException {
        TorchValue.Dict top = top();
        TorchValue.Dict dict =
                top.get(LightningEntries.STATE_DICT).orElse(top) instanceof TorchValue.Dict inner ? inner : top;
        Map<String, TorchTensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<TorchValue, TorchValue> entry : dict.entries().entrySet()) {
            if (!(entry.getKey() instanceof TorchValue.Str name) || !(entry.getValue() instanceof TorchTensor tensor)) {
                throw new NotACheckpointException(path + " has no state dict: its entry "
                        + PlainValues.fromTorch(entry.getKey()) + " is not a named tensor. Save a state dict, or"
                        + " a dictionary with one under \"state_dict\".");
            }
            tensors.put(name.value(), tensor);
        }
        return tensors;
    }

    /** A dictionary under Rivulet's entry; empty in other files. */
    private Map<String, TorchValue> own(String key) {
        Map<String, TorchValue> entries = new LinkedHashMap<>();
        dict(dict(reader.content(), LightningEntries.OWN), key).entries().forEach((name, value) -> {
            if (name instanceof TorchValue.Str string) {
                entries.put(string.value(), value);
            }
        });
        return entries;
    }

    /** The dictionary under a key; empty if it is missing. */
    private static TorchValue.Dict dict(TorchValue parent, String key) {
        return parent instanceof TorchValue.Dict dict
                        && dict.get(key).orElse(TorchValue.None.NONE) instanceof TorchValue.Dict inner
                ? inner
                : NO_ENTRIES;
    }
}
