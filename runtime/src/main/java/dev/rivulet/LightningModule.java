package dev.rivulet;

/** A model and how to train it. */
public abstract class LightningModule {

    /** For subclasses. */
    protected LightningModule() {}
}
