/**
 * What happens to parameters between backward and the next batch: clipping, and the step of an optimizer whose state and
 * schedules are those of PyTorch.
 */
@NullMarked
package dev.rivulet.optim;

import org.jspecify.annotations.NullMarked;
