package dev.rivulet.internal.retention;

/**
 * Where Rivulet does something else than Lightning, on purpose: what Lightning does, and what happens instead. Which cases a
 * rule is about is decided by their content, never by their names.
 *
 * <p>The first ones are rules in {@link LightningOracle}, or for the trainer in {@link TrainerVerdict}: a run counts as
 * deliberately different only if what Lightning did, changed by these rules, is exactly what Rivulet does. Of the others,
 * what happens instead is asserted by the replay that reports them.
 */
@SuppressWarnings("exports") // Test code is compiled into the module but never exported.
public enum Difference {
    /**
     * Lightning rewrites {@code last} at an epoch's end only if the epoch made the top k, and with {@code save_top_k=0}
     * only when training ends: {@code last} is the best, or missing after a crash. Instead every due save writes it; a
     * link becomes a file where the checkpoint has no other name.
     */
    LAST_IS_THE_NEWEST_SAVE,

    /**
     * Lightning judges a step- or time-triggered save by the metric of an earlier validation, or never carries it out,
     * unless the save waits at the last batch of an epoch and the hook is validation's end. Instead every due save with
     * a monitor waits for the validation that follows it.
     */
    WAITS_FOR_VALIDATION,

    /**
     * Lightning writes the file of an exception under the plain name, over a good file, and forgets it. Instead it gets a
     * free name, and is retired when a later save commits.
     */
    EXCEPTION_CHECKPOINT_IS_KEPT_SEPARATELY,

    /** Lightning writes {@code last} at the end of a trial run, which else writes nothing. Instead nothing is written. */
    DRY_RUN_WRITES_NOTHING,

    /**
     * Lightning resumes with the books inside the loaded file, one save behind at best; files saved after it are
     * orphaned. Instead the books are those of all committed files, and they are not given up in another directory's
     * favour; nor is {@code last} written once more when the run ends without another save.
     */
    RETENTION_STATE_IS_ALWAYS_CURRENT,

    /**
     * Without a version counter Lightning evicts the worst of k even where the new checkpoint overwrites another one, so
     * that fewer than k are left. Instead overwriting evicts nothing else.
     */
    OVERWRITING_EVICTS_NOTHING_ELSE,

    /** With {@code save_top_k=-1} and no version counter Lightning's k-th best goes stale. Instead it is in the books. */
    KTH_BEST_IS_CURRENT,

    /**
     * Lightning does not find a link whose target is deleted already, so that links under templated names of {@code last}
     * pile up. Instead they are deleted.
     */
    DANGLING_LINKS_ARE_DELETED,

    /**
     * When all epochs have run Lightning counts on by one, so that what it saves at the end of training belongs to an epoch
     * that never ran. Instead the epoch stays the last one that ran.
     */
    FINAL_EPOCH_IS_NOT_INCREMENTED,

    /**
     * Lightning finds out that it cannot go on from a file when half of it is restored, and then saves on the exception.
     * Instead the file is refused before anything is restored, and nothing is saved.
     */
    REFUSED_RUNS_SAVE_NOTHING,

    /**
     * Lightning begins anew where {@code ckpt_path="last"} names nothing. Instead {@code resumeFrom("last")} is refused; who
     * wants to begin then says {@code "auto"}.
     */
    MISSING_CHECKPOINT_IS_REFUSED,

    /**
     * Lightning's trainer goes on where it stands in memory when it is used again. Instead each {@code fit} begins, or goes
     * on from a checkpoint, which is the same only where the newest was saved at the end.
     */
    TRAINERS_HOLD_NO_STATE,

    /**
     * Lightning forgets what was logged when a run goes on, so that a monitor may be missing for an epoch. Instead the metrics
     * are those of the checkpoint.
     */
    METRICS_ARE_RESTORED,

    /**
     * Lightning goes on from a checkpoint of an epoch's last batch, or of an exception, as if the epoch were over, and
     * sometimes counts it twice. Instead what was left of the epoch is done first.
     */
    INTERRUPTED_EPOCHS_ARE_COMPLETED,

    /**
     * A callback whose metric is missing ends Lightning's run before the callbacks behind it are asked. Instead the other
     * streams are served first.
     */
    OTHER_STREAMS_STILL_SAVE,

    /**
     * A callback object that is given to another trainer goes on with its books, though training begins anew. Instead the
     * books of a run that begins are empty; what earlier runs have kept stays.
     */
    FRESH_RUNS_START_WITH_EMPTY_RETENTION_STATE,

    /**
     * Lightning lets a callback of the same template in the same directory add a version suffix, so that names depend on the
     * order of callbacks and files of both are mixed. Instead it is refused.
     */
    STREAMS_OWN_THEIR_FILES,

    /** Lightning finds a bad policy out when it saves, after an epoch. Instead it is refused before training. */
    INVALID_POLICIES_ARE_REFUSED_BEFORE_TRAINING,

    /** Lightning writes where a template leads. Instead a template that may lead outside is refused. */
    TEMPLATES_STAY_INSIDE_THE_DIRECTORY,

    /**
     * A missing metric is the integer 0 in a name of Lightning's, to which formats of floats cannot be applied. Instead it
     * counts as 0.0 there.
     */
    MISSING_METRICS_ARE_ZERO,

    /**
     * Lightning knows a callback by a text of some of its parameters, and refuses two of the same text. Instead a stream is
     * known by its name alone.
     */
    STREAMS_ARE_IDENTIFIED_BY_NAME,

    /**
     * Lightning refuses a callback beside a trainer that shall not save. Instead the trainer wins, for a module declares its
     * streams whoever trains it.
     */
    TRAINER_CAN_DISABLE_SAVING,

    /**
     * Lightning's directory may lie anywhere, and {@code ~} is the user's own. Instead it is inside the run's, by names that
     * are taken literally; what may lead outside is refused.
     */
    DIRECTORIES_STAY_INSIDE_THE_RUN,

    /** Lightning's first logger names the directory. Instead {@code defaultRootDir} does, whatever its name. */
    LOGGERS_DO_NOT_NAME_DIRECTORIES,

    /** Lightning's files hold their callback's books as of their own save. Instead manifests beside the files do. */
    RETENTION_STATE_IS_NOT_IN_CHECKPOINTS,

    /** Lightning writes the books to a YAML file when asked. Instead the manifest of each commit has them. */
    RETENTION_STATE_IS_IN_MANIFESTS,

    /**
     * Lightning's {@code "last"} is the file that was modified last, of those whose names begin with that of {@code last},
     * whoever wrote them. Instead it is the newest checkpoint that was committed, whatever its name and time.
     */
    LAST_IS_READ_FROM_MANIFESTS,

    /**
     * Lightning's {@code "best"} is what the first callback calls so, be it without a monitor the newest. Instead it is that of
     * the first stream with a monitor, if any has one.
     */
    BEST_COMES_FROM_A_MONITORED_STREAM,

    /** Lightning's {@code "hpc"} is the highest number in names of files. Instead there is {@code "auto"}: the newest. */
    AUTO_REPLACES_HPC
}
