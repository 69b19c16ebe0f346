/** What a class declares: its streams, as the generated registry tells them, and the look-up of that registry. */
@NullMarked
package dev.rivulet.registry;

import org.jspecify.annotations.NullMarked;
