package dev.rivulet.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The result of verifying a directory.
 *
 * @param directory the directory
 * @param groups the groups with retained files, newest first
 * @param manifests damaged manifests, whose files are unknown
 * @param unowned files named like checkpoints that no manifest lists: the user's own files, or files of a damaged
 *     manifest
 * @since 0.1
 */
public record DirectoryVerification(
        Path directory, List<Group> groups, List<DamagedManifest> manifests, List<Path> unowned) {

    /** Holds copies. */
    public DirectoryVerification {
        groups = List.copyOf(groups);
        manifests = List.copyOf(manifests);
        unowned = List.copyOf(unowned);
    }

    /**
     * The retained files of one save request.
     *
     * @param number of the group in its directory
     * @since 0.1
     */
    public record Group(long number, List<KeptFile> files) {
        /** Holds a copy. */
        public Group {
            files = List.copyOf(files);
        }
    }

    /**
     * A file that a manifest lists.
     *
     * @param stream the stream of the checkpoint
     * @param path the file as it is named now, or the manifest if that is what is missing; a file that was committed a
     *     moment ago, or by a run that was killed, may not have its final name yet, which is not a problem
     * @param problem the problem; empty for a good file
     * @since 0.1
     */
    public record KeptFile(String stream, Path path, State state, String problem) {}

    /**
     * The state of a file.
     *
     * @since 0.1
     */
    public enum State {
        /** The file matches its checksums. */
        GOOD,

        /** The file exists, but does not match its checksums or cannot be read. */
        DAMAGED,

        /** The file does not exist, or no good manifest describes it. */
        MISSING
    }

    /**
     * A file that is named like a manifest but cannot be read as one, and why.
     *
     * @since 0.1
     */
    public record DamagedManifest(Path file, String problem) {}

    /** Whether every file and manifest is good. Files that no manifest lists do not matter. */
    public boolean isGood() {
        return problems().isEmpty();
    }

    /** Every damaged or missing file, each as a readable sentence. */
    public List<String> problems() {
        Stream<String> files = groups.stream()
                .flatMap(group -> group.files().stream())
                .map(KeptFile::problem)
                .filter(problem -> !problem.isEmpty());
        return Stream.concat(manifests.stream().map(DamagedManifest::problem), files)
                .toList();
    }
}
