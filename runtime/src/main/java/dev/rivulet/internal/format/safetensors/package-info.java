/** Safetensors, read and written as strictly as by its Rust library. */
@NullMarked
package dev.rivulet.internal.format.safetensors;

import org.jspecify.annotations.NullMarked;
