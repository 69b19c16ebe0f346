package dev.rivulet.internal.save;

import dev.rivulet.internal.state.LoopView;
import dev.rivulet.internal.state.TrainingComponents;

/**
 * The run whose streams are saved.
 *
 * @param components what its state consists of
 * @param view where training stands
 * @param hooks notified of each save
 */
public record SavedRun(TrainingComponents components, LoopView view, SaveHooks hooks) {}
