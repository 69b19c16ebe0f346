/** The way of a save: what is due is copied on the training thread, and written and committed on the writer's. */
@NullMarked
package dev.rivulet.internal.save;

import org.jspecify.annotations.NullMarked;
