package dev.rivulet.internal.store;

import java.util.List;

/**
 * What recovery found and restored when a directory was opened.
 *
 * @param rolledForward committed groups whose files have now been renamed to their paths
 * @param deletedOrphans uncommitted files that have been deleted
 * @param quarantined files with wrong content, which have been moved to quarantine
 * @param missing retained files that do not exist, for example because a user deleted them
 * @param unnamed committed files, and pointers, that could not get their names; the files can still be read
 */
public record Recovery(
        List<Long> rolledForward,
        List<String> deletedOrphans,
        List<Quarantined> quarantined,
        List<Missing> missing,
        List<Unnamed> unnamed) {

    /** Makes copies. */
    public Recovery {
        rolledForward = List.copyOf(rolledForward);
        deletedOrphans = List.copyOf(deletedOrphans);
        quarantined = List.copyOf(quarantined);
        missing = List.copyOf(missing);
        unnamed = List.copyOf(unnamed);
    }

    /**
     * A file that was moved to quarantine. Its content is unchanged; the file {@code .reason.txt} of the same name lies
     * alongside.
     *
     * @param file its former path
     * @param location its new path
     * @param reason what is wrong with it
     */
    public record Quarantined(String file, String location, String reason) {}

    /**
     * A file of a committed group that could not be renamed to its path, or a pointer that could not be moved.
     *
     * @param file the path
     * @param reason why not
     */
    public record Unnamed(String file, String reason) {}

    /**
     * A retained file that does not exist.
     *
     * @param stream name of the stream
     * @param group group of the checkpoint
     * @param file path of the file
     */
    public record Missing(String stream, long group, String file) {}
}
