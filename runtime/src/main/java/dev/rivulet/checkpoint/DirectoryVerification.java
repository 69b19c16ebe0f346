package dev.rivulet.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The result of verifying a whole directory.
 *
 * @param directory the directory
 * @param groups the groups of which something is kept, newest first
 * @param manifests manifests that are damaged; what they describe is unknown
 * @param orphans files called like checkpoints that no manifest names: a user's own, or those of a damaged manifest
 * @since 0.1
 */
public record DirectoryVerification(
        Path directory, List<Group> groups, List<DamagedManifest> manifests, List<Path> orphans) {

    /** Holds copies. */
    public DirectoryVerification {
        groups = List.copyOf(groups);
        manifests = List.copyOf(manifests);
        orphans = List.copyOf(orphans);
    }

    /**
     * The kept files of one save request.
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
     * A file that should be there.
     *
     * @param stream the stream whose checkpoint it is
     * @param path where it is, or should be; that of the manifest if that is what is missing
     * @param problem what is wrong; empty for a good file
     * @since 0.1
     */
    public record KeptFile(String stream, Path path, State state, String problem) {}

    /**
     * What became of a file.
     *
     * @since 0.1
     */
    public enum State {
        /** It is what was written. */
        GOOD,

        /** It is there, but is not what was written, or cannot be read. */
        DAMAGED,

        /** It is not there, or nothing good says what it should be. */
        MISSING
    }

    /**
     * A file that is called like a manifest but is not one, and why.
     *
     * @since 0.1
     */
    public record DamagedManifest(Path file, String problem) {}

    /** Whether every file and manifest is what was written. Unclaimed files do no harm. */
    public boolean isGood() {
        return problems().isEmpty();
    }

    /** All that is damaged or missing, each a sentence for people. */
    public List<String> problems() {
        Stream<String> files = groups.stream()
                .flatMap(group -> group.files().stream())
                .map(KeptFile::problem)
                .filter(problem -> !problem.isEmpty());
        return Stream.concat(manifests.stream().map(DamagedManifest::problem), files)
                .toList();
    }
}
