/**
 * Checkpoint files: safetensors, read and written as strictly as its Rust library does, and those of PyTorch and
 * Lightning, read without executing anything.
 */
@NullMarked
package dev.rivulet.format;

import org.jspecify.annotations.NullMarked;
