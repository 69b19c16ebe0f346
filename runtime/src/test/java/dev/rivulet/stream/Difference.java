package dev.rivulet.stream;

/**
 * Where Rivulet does something else than Lightning, on purpose. Each constant is a rule in {@link LightningOracle}, which
 * says what happens instead; a case counts as deliberately different only if the oracle with these rules, and not
 * without them, does exactly what Rivulet does.
 */
enum Difference {
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
    RESCUE_IS_KEPT_BESIDE,

    /** Lightning writes {@code last} at the end of a trial run, which else writes nothing. Instead nothing is written. */
    TRIAL_RUN_WRITES_NOTHING,

    /**
     * Lightning resumes with the books inside the loaded file, one save behind at best; files saved after it are
     * orphaned. Instead the books are those of all committed files, and they are not given up in another directory's
     * favour; nor is {@code last} written once more when the run ends without another save.
     */
    BOOKS_ARE_NEVER_BEHIND,

    /**
     * Without a version counter Lightning evicts the worst of k even where the new checkpoint overwrites another one, so
     * that fewer than k are left. Instead overwriting evicts nothing else.
     */
    OVERWRITING_EVICTS_NOTHING,

    /** With {@code save_top_k=-1} and no version counter Lightning's k-th best goes stale. Instead it is in the books. */
    KTH_IS_CURRENT,

    /**
     * Lightning does not find a link whose target is deleted already, so that links under templated names of {@code last}
     * pile up. Instead they are deleted.
     */
    DANGLING_LINKS_ARE_DELETED
}
