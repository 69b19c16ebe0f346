package dev.rivulet;

/** A {@link TransformingModule} whose stream {@code transformed} is made by an instance method, which sees the module. */
class SeeingModule extends TransformingModule {}
