package dev.rivulet.checkpoint;

import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The result of verifying a checkpoint's file.
 *
 * @param file the file
 * @param checked what could be compared with a checksum; less than all in files of other frameworks, in files that are
 *     damaged, and without a manifest
 * @param problems what is wrong, each a sentence for people; empty for a good file
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
     * Something that has a checksum.
     *
     * @since 0.1
     */
    public enum Part {
        /**
         * All but data: the header of a safetensors file by the checksum that it carries, of a {@code .ckpt} what lies
         * between the zip file's entries, which is known where Rivulet has written it.
         */
        HEADER,

        /**
         * The tensors' bytes, by the checksum in the header; of a {@code .ckpt} all entries of the zip file, whoever
         * has written it, by their checksums.
         */
        DATA,

        /** The whole file, by size and checksum in a manifest of its directory. */
        MANIFEST
    }

    /** Whether nothing is wrong. */
    public boolean isGood() {
        return problems.isEmpty();
    }
}
