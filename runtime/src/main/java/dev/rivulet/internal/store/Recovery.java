package dev.rivulet.internal.store;

import java.util.List;

/**
 * What recovery found and restored when a directory was opened.
 *
 * @param rolledForward committed groups whose files have now been renamed to their paths
 * @param deletedOrphans uncommitted files that have been deleted
 * @param quarantined files with wrong content, which have been moved to quarantine
 * @param missing retained files that do not exist, for example because a user deleted them
 */
public record Recovery(
        List<Long> rolledForward, List<String> deletedOrphans, List<Quarantined> quarantined, List<Missing> missing) {

    /** Makes copies. */
    public Recovery {
        rolledForward = List.copyOf(rolledForward);
        deletedOrphans = List.copyOf(deletedOrphans);
        quarantined = List.copyOf(quarantined);
        missing = List.copyOf(missing);
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
     * A retained file that does not exist.
     *
     * @param stream name of the stream
     * @param group group of the checkpoint
     * @param file path of the file
     */
    public record Missing(String stream, long group, String file) {}
}
