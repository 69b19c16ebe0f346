/**
 * The entry points: train a {@code LightningModule} with a {@code Trainer}, read its checkpoints with
 * {@code Checkpoints}.
 */
@NullMarked
package dev.rivulet;

import org.jspecify.annotations.NullMarked;
