package dev.rivulet;

/**
 * The run whose streams are saved.
 *
 * @param parts what its state consists of
 * @param moment where training stands
 * @param hooks notified of each save
 */
record SavedRun(TrainingComponents parts, LoopMoment moment, SaveHooks hooks) {}
