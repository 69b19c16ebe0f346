/** What happens to parameters between backward and the next batch: clipping and the optimizer's step. */
@NullMarked
package dev.rivulet.optim;

import org.jspecify.annotations.NullMarked;
