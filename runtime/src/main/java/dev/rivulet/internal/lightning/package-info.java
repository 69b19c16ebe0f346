/** What a {@code .ckpt} of PyTorch Lightning holds in addition to weights, and how a run resumes from it. */
@NullMarked
package dev.rivulet.internal.lightning;

import org.jspecify.annotations.NullMarked;
