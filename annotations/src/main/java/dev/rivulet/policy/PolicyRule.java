package dev.rivulet.policy;

/**
 * A rule that every {@link StreamPolicy} obeys, with the stable id under which a violation is reported.
 *
 * @since 0.1
 */
public enum PolicyRule {
    /** More than one of step, epoch and time trigger is switched on, although {@code anyTrigger} is off. */
    CONTRADICTORY_TRIGGERS("ContradictoryTriggers"),

    /** Several of the best checkpoints are to be kept, but no metric decides which they are. */
    SAVE_TOP_K_WITHOUT_MONITOR("SaveTopKWithoutMonitor"),

    /** The number of kept checkpoints is below −1. */
    BAD_SAVE_TOP_K("BadSaveTopK"),

    /** The number of newest checkpoints to keep is negative. */
    BAD_KEEP_LAST("BadKeepLast"),

    /** The best checkpoint is to be named, but no metric decides which it is. */
    SAVE_BEST_WITHOUT_MONITOR("SaveBestWithoutMonitor"),

    /** The best checkpoint is to be named, but the best are not kept. */
    SAVE_BEST_WITHOUT_TOP_K("SaveBestWithoutTopK"),

    /** A step or epoch interval, or the interval of checkpoints kept permanently, is negative. */
    NEGATIVE_INTERVAL("NegativeInterval"),

    /** The time interval is not a duration. */
    BAD_DURATION("BadDuration"),

    /** The limit of bytes is not a number of bytes. */
    BAD_BYTE_SIZE("BadByteSize"),

    /** The file-name template cannot be read, or would fail for every value. */
    BAD_FILENAME_TEMPLATE("BadFilenameTemplate"),

    /** The directory is absolute or leads outside the run's directory. */
    BAD_DIRPATH("BadDirpath");

    private final String id;

    PolicyRule(String id) {
        this.id = id;
    }

    /** The id, such as {@code SaveTopKWithoutMonitor}. */
    public String id() {
        return id;
    }
}
