package dev.rivulet.internal.store;

import java.util.List;

/**
 * What opening a directory found and put right.
 *
 * @param rolledForward groups that were committed, whose files have got their names now
 * @param deletedOrphans files that had not been committed and are deleted
 * @param quarantined what does not hold what it should, and has been moved away
 * @param missing files that are kept but not there, such as those that a user deleted
 */
public record Recovery(
        List<Long> rolledForward, List<String> deletedOrphans, List<Quarantined> quarantined, List<Missing> missing) {

    /** Holds copies. */
    public Recovery {
        rolledForward = List.copyOf(rolledForward);
        deletedOrphans = List.copyOf(deletedOrphans);
        quarantined = List.copyOf(quarantined);
        missing = List.copyOf(missing);
    }

    /**
     * A file that was moved away. Its content is untouched; a text file of the same name and {@code .reason.txt} lies beside
     * it.
     *
     * @param file path that it had
     * @param location path that it has
     * @param reason what is wrong with it
     */
    public record Quarantined(String file, String location, String reason) {}

    /**
     * A file that a stream keeps but that is gone.
     *
     * @param stream name of the stream
     * @param group group of the checkpoint
     * @param file path of the file
     */
    public record Missing(String stream, long group, String file) {}
}
