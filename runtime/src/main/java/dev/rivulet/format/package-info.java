/** Checkpoint files: safetensors, read and written as strictly as its Rust library does. */
@NullMarked
package dev.rivulet.format;

import org.jspecify.annotations.NullMarked;
