/**
 * Optimizers with PyTorch's arithmetic, state and learning rate schedulers, restorable variants of DJL's optimizers,
 * and gradient clipping.
 */
@NullMarked
package dev.rivulet.optim;

import org.jspecify.annotations.NullMarked;
