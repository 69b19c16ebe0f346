/** Classes that the readers and writers of all file formats share. */
@NullMarked
package dev.rivulet.internal.format;

import org.jspecify.annotations.NullMarked;
