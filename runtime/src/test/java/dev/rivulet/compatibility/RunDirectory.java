package dev.rivulet.compatibility;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.rivulet.Checkpoints;
import dev.rivulet.FitResult;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.DirectoryVerification;
import dev.rivulet.checkpoint.SavedCheckpoint;
import dev.rivulet.checkpoint.StreamResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A run directory, described in lines of text that do not depend on names of classes.
 *
 * @param root the run's {@code defaultRootDir}
 */
record RunDirectory(Path root) {
    static final List<String> STREAMS = List.of("original", "recent", "averaged", "halved");
    static final List<String> WAYS_TO_RESUME = List.of("last", "auto", "best");

    private Path checkpoints() {
        return root.resolve("checkpoints");
    }

    /** Everything that can be read without training. */
    List<String> description() throws IOException {
        List<String> lines = new ArrayList<>();
        DirectoryVerification verification = Checkpoints.verifyAll(checkpoints());
        lines.add("good " + verification.isGood());
        for (DirectoryVerification.Group group : verification.groups()) {
            for (DirectoryVerification.KeptFile file : group.files()) {
                lines.add("group " + group.number() + " " + file.stream() + " " + name(file.path())
                        + (file.problem().isEmpty() ? "" : " is not good"));
            }
        }
        for (String stream : STREAMS) {
            lines.add("newest " + name(Checkpoints.newest(checkpoints(), stream).file()));
        }
        for (Path file : files()) {
            lines.add("file " + name(file) + " " + described(Checkpoints.describe(file)));
        }
        lines.addAll(weights());
        lines.add("derived again " + derivedAgain());
        return lines;
    }

    private static String described(Checkpoint checkpoint) {
        Map<String, Object> entries = new TreeMap<>();
        checkpoint.keys().forEach(key -> entries.put(key, checkpoint.get(key)));
        String derivation = checkpoint
                .provenance()
                .derivation()
                .map(known -> known.transform() + " " + known.source() + " "
                        + known.sourceDigest().orElseThrow())
                .orElse("original");
        List<String> shapes = checkpoint.provenance().inputShapes().stream()
                .map(Shape::toString)
                .toList();
        return String.join(
                " ",
                checkpoint.stream(),
                derivation,
                "epoch=" + checkpoint.epoch(),
                "step=" + checkpoint.globalStep(),
                "metrics=" + new TreeMap<>(checkpoint.metrics()),
                "inputs=" + shapes,
                "version=" + checkpoint.provenance().version(),
                "entries=" + entries);
    }

    /** Whether the static transform recomputes its newest file exactly. */
    private boolean derivedAgain() throws IOException {
        Path derived = Checkpoints.newest(checkpoints(), "halved").file();
        Path source = Checkpoints.newest(checkpoints(), "original").file();
        return Checkpoints.rederive(derived, source, EarlierModule.class).isSame();
    }

    /**
     * The retained files, names and steps of a completed run, equal on all machines, then the weights, equal on
     * machines with the same arithmetic.
     */
    List<String> end(FitResult result) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("steps " + result.globalStep() + " epochs " + result.epochs());
        for (String stream : STREAMS) {
            StreamResult saved = result.stream(stream);
            saved.kept().forEach(file -> lines.add("kept " + stream + " " + kept(file)));
            lines.add("worst " + stream + " " + saved.kthBest().map(this::kept));
            lines.add("last " + stream + " " + saved.last().map(this::name));
            lines.add("best " + stream + " " + saved.best().map(this::name));
        }
        for (Path file : files()) {
            String target = Files.isSymbolicLink(file) ? " -> " + Files.readSymbolicLink(file) : "";
            Checkpoint checkpoint = Checkpoints.describe(file);
            lines.add("file " + name(file) + target + " epoch=" + checkpoint.epoch() + " step="
                    + checkpoint.globalStep());
        }
        lines.addAll(weights());
        return lines;
    }

    private String kept(SavedCheckpoint file) {
        return name(file.path()) + " " + file.score() + " epoch=" + file.epoch() + " step=" + file.globalStep();
    }

    private List<String> weights() throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : files()) {
            lines.add("weights " + name(file) + " " + digest(file));
        }
        return lines;
    }

    private static String digest(Path file) throws IOException {
        try (EarlierModule module = Checkpoints.load(file, new EarlierModule())) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Map.Entry<String, Parameter> parameter : new TreeMap<>(module.parameters()).entrySet()) {
                digest.update(parameter.getKey().getBytes(StandardCharsets.UTF_8));
                digest.update(parameter.getValue().getArray().toByteArray());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every JVM has SHA-256.", e);
        }
    }

    private TreeSet<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(checkpoints())) {
            return new TreeSet<>(files.filter(file -> !Files.isDirectory(file)).toList());
        }
    }

    private String name(Path file) {
        return checkpoints().relativize(file).toString();
    }
}
