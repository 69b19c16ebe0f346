/** Child processes of tests. */
@NullMarked
package dev.rivulet.process;

import org.jspecify.annotations.NullMarked;
