package dev.rivulet.internal.retention;

/**
 * The rules by which Rivulet intentionally differs from Lightning: what Lightning does, and what Rivulet does instead.
 * The content of a case determines which rule applies to it, never its name.
 *
 * <p>The first rules are implemented in {@link LightningOracle}, or for the trainer in {@link TrainerVerdict}: a run
 * counts as intentionally different only if Lightning's behavior, changed by these rules, is exactly Rivulet's
 * behavior. For the other rules, the replay that reports them asserts what happens instead.
 */
@SuppressWarnings("exports") // Test code is compiled into the module but never exported.
public enum Difference {
    /**
     * Lightning rewrites {@code last} at the end of an epoch only if the epoch is among the top k, and with
     * {@code save_top_k=0} only when training ends: {@code last} is the best checkpoint, or missing after a crash. In
     * Rivulet, every due save writes it; a link becomes a file if the checkpoint has no other name.
     */
    LAST_IS_THE_NEWEST_SAVE,

    /**
     * Lightning decides on a step- or time-triggered save by the metric of an earlier validation, or never carries it
     * out, unless the save waits at the last batch of an epoch and the hook is the end of validation. In Rivulet, every
     * due save with a monitor waits for the validation that follows.
     */
    WAITS_FOR_VALIDATION,

    /**
     * Lightning saves an exception checkpoint under the plain name, overwriting a good file, and does not track it. In
     * Rivulet, it gets a free name and is superseded when a later save commits.
     */
    EXCEPTION_CHECKPOINT_IS_KEPT_SEPARATELY,

    /**
     * Lightning writes {@code last} at the end of a dry run, which otherwise writes nothing. Rivulet writes nothing.
     */
    DRY_RUN_WRITES_NOTHING,

    /**
     * Lightning resumes with the retention state in the loaded file, which is at least one save behind; files saved
     * after it are orphaned. In Rivulet, the retention state covers all committed files and survives a change of the
     * directory; nor is {@code last} written again if the run ends without another save.
     */
    RETENTION_STATE_IS_ALWAYS_CURRENT,

    /**
     * Without a version counter, Lightning evicts the worst of k even if the new checkpoint overwrites another one, so
     * that fewer than k remain. In Rivulet, overwriting evicts nothing else.
     */
    OVERWRITING_EVICTS_NOTHING_ELSE,

    /** With {@code save_top_k=-1} and no version counter, Lightning's k-th best is stale. In Rivulet, it is current. */
    KTH_BEST_IS_CURRENT,

    /**
     * Lightning does not find a link whose target is already deleted, so that links under templated names of {@code
     * last} accumulate. Rivulet deletes them.
     */
    DANGLING_LINKS_ARE_DELETED,

    /**
     * After the final epoch, Lightning increments the epoch, so that what it saves at the end of training belongs to an
     * epoch that never ran. In Rivulet, the epoch stays the last one that ran.
     */
    FINAL_EPOCH_IS_NOT_INCREMENTED,

    /**
     * Lightning detects that it cannot resume from a file after restoring half of it, and then saves an exception
     * checkpoint. Rivulet refuses the file before it restores anything, and saves nothing.
     */
    REFUSED_RUNS_SAVE_NOTHING,

    /**
     * Lightning starts fresh if {@code ckpt_path="last"} finds nothing. In Rivulet, {@code resumeFrom("last")} is
     * refused; {@code "auto"} starts fresh.
     */
    MISSING_CHECKPOINT_IS_REFUSED,

    /**
     * A Lightning trainer that is used again continues from its state in memory. In Rivulet, each {@code fit} starts
     * fresh or resumes from a checkpoint, which is the same only if the newest was saved at the end.
     */
    TRAINERS_HOLD_NO_STATE,

    /**
     * Lightning discards logged metrics when a run resumes, so that a monitor may be missing for an epoch. Rivulet
     * restores the metrics of the checkpoint.
     */
    METRICS_ARE_RESTORED,

    /**
     * Lightning resumes from a checkpoint of an epoch's last batch, or from an exception checkpoint, as if the epoch
     * were complete, and sometimes counts it twice. Rivulet completes the epoch first.
     */
    INTERRUPTED_EPOCHS_ARE_COMPLETED,

    /**
     * A callback whose metric is missing ends Lightning's run before the following callbacks are called. In Rivulet,
     * the other streams save first.
     */
    OTHER_STREAMS_STILL_SAVE,

    /**
     * A Lightning callback that is passed to another trainer keeps its retention state, although training starts fresh.
     * In Rivulet, a fresh run starts with an empty retention state; what earlier runs kept stays.
     */
    FRESH_RUNS_START_WITH_EMPTY_RETENTION_STATE,

    /**
     * In Lightning, a callback with the same template in the same directory adds a version suffix, so that names depend
     * on the order of callbacks and the files of both are mixed. Rivulet refuses this.
     */
    STREAMS_OWN_THEIR_FILES,

    /** Lightning detects an invalid policy when it saves, after an epoch. Rivulet refuses it before training. */
    INVALID_POLICIES_ARE_REFUSED_BEFORE_TRAINING,

    /** Lightning writes wherever a template leads. Rivulet refuses a template that may lead outside the directory. */
    TEMPLATES_STAY_INSIDE_THE_DIRECTORY,

    /**
     * In Lightning's names, a missing metric is the integer 0, to which float formats cannot be applied. In Rivulet, it
     * is 0.0.
     */
    MISSING_METRICS_ARE_ZERO,

    /**
     * Without validation, Lightning only warns when a save is due whose metric is not logged, and saves nothing. In
     * Rivulet, that ends the run.
     */
    MISSING_METRICS_END_RUNS,

    /**
     * Lightning identifies a callback by a string made of some of its parameters, and refuses two callbacks with the
     * same string. Rivulet identifies a stream by its name alone.
     */
    STREAMS_ARE_IDENTIFIED_BY_NAME,

    /**
     * Lightning refuses a checkpoint callback if the trainer disables saving. In Rivulet, the trainer's setting wins,
     * because a module declares its streams regardless of who trains it.
     */
    TRAINER_CAN_DISABLE_SAVING,

    /**
     * Lightning's directory may lie anywhere, and {@code ~} is the user's home. In Rivulet, it is inside the run's
     * directory, and names are taken literally; a name that may lead outside is refused.
     */
    DIRECTORIES_STAY_INSIDE_THE_RUN,

    /** In Lightning, the first logger determines the directory. In Rivulet, {@code defaultRootDir} does. */
    LOGGERS_DO_NOT_NAME_DIRECTORIES,

    /** A Lightning file holds its callback's retention state as of its own save. In Rivulet, manifests hold it. */
    RETENTION_STATE_IS_NOT_IN_CHECKPOINTS,

    /**
     * Lightning writes the retention state to a YAML file on request. In Rivulet, the manifest of each commit holds it.
     */
    RETENTION_STATE_IS_IN_MANIFESTS,

    /**
     * Lightning's {@code "last"} is the most recently modified file whose name starts with that of {@code last}, no
     * matter what wrote it. In Rivulet, it is the newest committed checkpoint, whatever its name and time.
     */
    LAST_IS_READ_FROM_MANIFESTS,

    /**
     * Lightning's {@code "best"} is that of the first callback, even one without a monitor, whose best is the newest.
     * In Rivulet, it is that of the first stream with a monitor, if there is one.
     */
    BEST_COMES_FROM_A_MONITORED_STREAM,

    /**
     * Lightning's {@code "hpc"} is the file with the highest number in its name. Rivulet has {@code "auto"}: the
     * newest.
     */
    AUTO_REPLACES_HPC
}
