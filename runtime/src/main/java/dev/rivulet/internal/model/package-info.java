/** The network that is trained. */
@NullMarked
package dev.rivulet.internal.model;

import org.jspecify.annotations.NullMarked;
