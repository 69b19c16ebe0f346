/** What optimizers compute with: PyTorch's arithmetic on DJL's arrays, and large parameters in parts. */
@NullMarked
package dev.rivulet.internal.optim;

import org.jspecify.annotations.NullMarked;
