/** The weights of derived streams: transforms are called, checked and kept away from what others need. */
@NullMarked
package dev.rivulet.internal.derive;

import org.jspecify.annotations.NullMarked;
