package dev.rivulet.checkpoint;

import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The result of verifying the file of a checkpoint.
 *
 * @param file the file
 * @param checked the parts that were compared with a checksum; not all in external and damaged files, and without a
 *     manifest
 * @param problems the problems, each a readable sentence; empty for a good file
 * @since 0.1
 */
public record FileVerification(Path file, Set<Part> checked, List<String> problems) {

    /** Holds copies. */
    public FileVerification {
        Set<Part> copy = EnumSet.noneOf(Part.class);
        copy.addAll(checked);
        checked = Collections.unmodifiableSet(copy);
        problems = List.copyOf(problems);
    }

    /**
     * A part of a file that has a checksum.
     *
     * @since 0.1
     */
    public enum Part {
        /**
         * Everything except data: the header of a safetensors file, by the checksum that it carries; in a {@code .ckpt}
         * that Rivulet wrote, the bytes between the entries of the zip file.
         */
        HEADER,

        /**
         * The bytes of the tensors, by the checksum in the header; in any {@code .ckpt}, all entries of the zip file,
         * by their checksums.
         */
        DATA,

        /** The whole file, by its size and checksum in a manifest of its directory. */
        MANIFEST
    }

    /** Whether no problem was found. */
    public boolean isGood() {
        return problems.isEmpty();
    }
}
