/** Benchmarks that compare Rivulet's cost with hand-written code and other libraries. */
@NullMarked
package dev.rivulet.benchmarks;

import org.jspecify.annotations.NullMarked;
