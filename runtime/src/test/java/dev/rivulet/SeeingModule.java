package dev.rivulet;

import dev.rivulet.annotations.CheckpointStream;

/** A {@link TransformingModule} whose stream {@code transformed} is made by an instance method, which sees the module. */
@CheckpointStream(saveTopK = -1)
class SeeingModule extends TransformingModule {}
