package dev.rivulet;

/** Entries saved with a checkpoint's weights. */
public final class Checkpoint {
    Checkpoint() {}
}
