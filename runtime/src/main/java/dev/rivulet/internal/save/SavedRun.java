package dev.rivulet.internal.save;

import dev.rivulet.internal.concurrent.SlowCalls;
import dev.rivulet.internal.state.LoopView;
import dev.rivulet.internal.state.TrainingComponents;

/**
 * The run whose streams are saved. For the training thread.
 *
 * @param components the parts whose state is saved
 * @param view the position of training
 * @param hooks notified of each save
 * @param slowCalls watches calls of user code
 */
public record SavedRun(TrainingComponents components, LoopView view, SaveHooks hooks, SlowCalls slowCalls) {}
