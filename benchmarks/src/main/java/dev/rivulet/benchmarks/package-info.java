/** What Rivulet costs, measured against the same work done by hand or by others. */
@NullMarked
package dev.rivulet.benchmarks;

import org.jspecify.annotations.NullMarked;
