package dev.rivulet.internal.model;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.Pair;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The TorchScript modules in a model. They can be used frozen, but not trained: DJL unfreezes all of their parameters,
 * whatever their file says, and does not expose their buffers.
 */
final class TorchScriptModules implements AutoCloseable {
    /** Code that reads the training flag, or that assigns to an attribute of the module. */
    private static final Pattern CHANGING = Pattern.compile("\\.training\\b|(?m)^\\s+\\w+(\\.\\w+)+ = ");

    private final Map<String, PtSymbolBlock> modules = new LinkedHashMap<>();
    private final List<Runnable> returns = new ArrayList<>();

    TorchScriptModules(Block block) {
        find(block, block.getClass().getSimpleName());
    }

    private void find(Block block, String path) {
        if (block instanceof PtSymbolBlock module) {
            modules.put(path, module);
        }
        for (Pair<String, Block> child : block.getChildren()) {
            find(child.getValue(), path + "/" + child.getKey());
        }
    }

    /**
     * Takes the modules from their DJL models, which would otherwise close them when the JVM collects garbage. To be
     * called while their parameters still belong to these models.
     */
    void keepOpen() {
        for (PtSymbolBlock module : modules.values()) {
            for (Parameter parameter : module.getDirectParameters().values()) {
                NDManager owner = parameter.getArray().getManager();
                String uid = String.valueOf(module.getHandle());
                owner.detachInternal(uid);
                returns.add(() -> giveBack(module, owner, uid));
                break;
            }
        }
    }

    private static void giveBack(PtSymbolBlock module, NDManager owner, String uid) {
        if (owner.isOpen()) {
            owner.attachInternal(uid, module);
        } else {
            module.close();
        }
    }

    /**
     * Checks that all modules are frozen.
     *
     * @throws IllegalArgumentException if one is not; the message names it and its parameters
     */
    void requireFrozen() {
        modules.forEach((path, module) -> {
            List<String> trained = module.getDirectParameters().stream()
                    .filter(parameter -> parameter.getValue().requiresGradient())
                    .map(Pair::getKey)
                    .toList();
            if (!trained.isEmpty()) {
                throw new IllegalArgumentException(path + " is a TorchScript module and cannot be trained, but "
                        + String.join(", ", trained) + (trained.size() == 1 ? " is" : " are")
                        + " not frozen: DJL also trains what the file has frozen, steps a shared weight once for each of"
                        + " its names, and hides the buffers from checkpoints. Freeze it, block.freezeParameters(true);"
                        + " or build the net from DJL's blocks and load its state_dict with Checkpoints.load.");
            }
        });
    }

    /**
     * Checks that all modules compute the same in training as elsewhere, and do not change.
     *
     * @throws IllegalArgumentException if one does not; the message names it
     */
    void requireConstant() {
        modules.forEach((path, module) -> {
            if (changesInTraining(module)) {
                throw new IllegalArgumentException(
                        path + " is a TorchScript module that computes otherwise in training,"
                                + " such as dropout and batch norm, or assigns to its attributes. DJL switches its mode late"
                                + " and hides its running statistics and other buffers from checkpoints. In Python, save"
                                + " torch.jit.freeze(module.eval()), and load that.");
            }
        });
    }

    private static boolean changesInTraining(PtSymbolBlock module) {
        try {
            Path file = Files.createTempFile("module", ".pt");
            try {
                try (OutputStream out = Files.newOutputStream(file)) {
                    JniUtils.writeModule(module, out, false);
                }
                return holdsCode(file, CHANGING);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new IllegalStateException("The code of a TorchScript module could not be read: " + e, e);
        }
    }

    private static boolean holdsCode(Path file, Pattern code) throws IOException {
        try (ZipFile archive = new ZipFile(file.toFile(), StandardCharsets.UTF_8)) {
            for (ZipEntry entry : archive.stream().toList()) {
                if (entry.getName().endsWith(".py")) {
                    try (InputStream in = archive.getInputStream(entry)) {
                        if (code.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                                .find()) {
                            return true;
                        }
                    }
                }
            }
            return false;
        }
    }

    /** Returns the modules to their DJL models, or closes them if these are closed. */
    @Override
    public void close() {
        returns.forEach(Runnable::run);
        returns.clear();
    }
}
