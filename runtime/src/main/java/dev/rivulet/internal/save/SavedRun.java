package dev.rivulet.internal.save;

import dev.rivulet.internal.state.LoopView;
import dev.rivulet.internal.state.TrainingComponents;

/**
 * The run whose streams are saved.
 *
 * @param parts what its state consists of
 * @param moment where training stands
 * @param hooks notified of each save
 */
public record SavedRun(TrainingComponents parts, LoopView moment, SaveHooks hooks) {}
