package dev.rivulet.internal.format.torch;

import dev.rivulet.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Lists the content of a PyTorch file line by line, in the format of src/test/python/torch_files.py. */
public final class TorchListing {
    private final TorchReader reader;
    private final List<String> lines = new ArrayList<>();
    private final IdentityHashMap<TorchStorage, Integer> storages = new IdentityHashMap<>();

    private TorchListing(TorchReader reader) {
        this.reader = reader;
    }

    /** The listing of an open file. */
    public static List<String> of(TorchReader reader) {
        TorchListing listing = new TorchListing(reader);
        listing.add(reader.content(), "root");
        return listing.lines;
    }

    private void add(TorchValue value, String path) {
        if (value instanceof TorchTensor tensor) {
            line(path, tensor(tensor));
        } else if (value instanceof TorchValue.Bool bool) {
            line(path, "bool " + bool.value());
        } else if (value instanceof TorchValue.Int integer) {
            line(path, "int " + integer.value());
        } else if (value instanceof TorchValue.Float64 number) {
            line(path, "float " + "%016x".formatted(Double.doubleToRawLongBits(number.value())));
        } else if (value instanceof TorchValue.Str string) {
            line(path, "text " + hex(string.value().getBytes(StandardCharsets.UTF_8)));
        } else if (value instanceof TorchValue.Bytes bytes) {
            line(path, "bytes " + hex(bytes.value()));
        } else if (value instanceof TorchValue.Items items) {
            addItems(items, path);
        } else if (value instanceof TorchValue.Dict dict) {
            line(path, dict.ordered() ? "ordered" : "dict");
            addEntries(dict, path);
        } else if (value instanceof TorchValue.Global global) {
            line(path, "global " + global.name());
        } else if (value instanceof TorchValue.PythonObject object) {
            line(path, "object " + object.type());
        } else {
            line(path, "none");
        }
    }

    private void addItems(TorchValue.Items items, String path) {
        if (items.kind() == TorchValue.Sequence.SIZE) {
            StringBuilder numbers = new StringBuilder("size");
            items.values().forEach(item -> numbers.append(' ').append(((TorchValue.Int) item).value()));
            line(path, numbers.toString());
            return;
        }
        line(path, items.kind().name().toLowerCase(Locale.ROOT));
        for (int i = 0; i < items.values().size(); i++) {
            add(items.values().get(i), path + "." + i);
        }
    }

    private void addEntries(TorchValue.Dict dict, String path) {
        int i = 0;
        for (Map.Entry<TorchValue, TorchValue> entry : dict.entries().entrySet()) {
            add(entry.getKey(), path + ".k" + i);
            add(entry.getValue(), path + ".v" + i++);
        }
        i = 0;
        for (Map.Entry<String, TorchValue> attribute : dict.attributes().entrySet()) {
            add(TorchValue.of(attribute.getKey()), path + ".n" + i);
            add(attribute.getValue(), path + ".a" + i++);
        }
    }

    private String tensor(TorchTensor tensor) {
        int storage = storages.computeIfAbsent(tensor.storage(), first -> storages.size());
        String kind = tensor.isParameter() ? "parameter " : "tensor ";
        String shape = tensor.shape().toString().replace(" ", "");
        return kind + TorchDtypes.name(tensor.dtype()) + " " + shape + " " + tensor.requiresGrad() + " " + storage + " "
                + hex(bytes(read(tensor)));
    }

    private Tensor read(TorchTensor tensor) {
        try {
            return reader.read(tensor);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(Tensor tensor) {
        byte[] bytes = new byte[(int) tensor.byteCount()];
        tensor.copyTo(List.of(ByteBuffer.wrap(bytes)));
        return bytes;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private void line(String path, String content) {
        lines.add(path + " " + content);
    }
}
