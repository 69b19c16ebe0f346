/** What the README shows, built and run as it stands there. */
@NullMarked
package dev.rivulet.examples.readme;

import org.jspecify.annotations.NullMarked;
