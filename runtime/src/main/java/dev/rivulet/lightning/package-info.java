/** What a {@code .ckpt} of PyTorch Lightning holds beside weights, and how a run goes on from it. */
@NullMarked
package dev.rivulet.lightning;

import org.jspecify.annotations.NullMarked;
