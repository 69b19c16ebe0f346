/** Reads and writes safetensors files, at least as strictly as the format's Rust library. */
@NullMarked
package dev.rivulet.internal.format.safetensors;

import org.jspecify.annotations.NullMarked;
