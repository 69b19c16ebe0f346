/** What users name: train a {@code LightningModule} with a {@code Trainer}, transform a {@code StateDict}. */
@NullMarked
package dev.rivulet;

import org.jspecify.annotations.NullMarked;
