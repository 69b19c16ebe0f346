package dev.rivulet.internal.declaration;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.RegistryGenerated;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * The checkpoint streams of {@link DeclaredStreamsTest.ThrowingModule}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
@SuppressWarnings({"all", "auxiliaryclass"})
final class DeclaredStreamsTest_ThrowingModuleCallbackRegistry implements CallbackRegistry<Object> {
  /**
   * {@link DeclaredStreamsTest.ThrowingModule#thrown(StateDict)}
   */
  public static final String THROWN = "thrown";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          THROWN, CheckpointStream.ORIGINAL, Execution.INSTANCE,
              "DeclaredStreamsTest.ThrowingModule#thrown",
          StreamPolicy.builder().build()));

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public StateDict transform(String stream, Object module, StateDict weights,
      TransformContext context) throws Throwable {
    return switch (stream) {
      case THROWN -> ((DeclaredStreamsTest.ThrowingModule) module).thrown(weights);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }

  /**
   * Asks {@link DeclaredStreamsTest.ThrowingModule#asked(TransformContext)}.
   */
  @Override
  public boolean saves(String stream, Object module, TransformContext context) throws Throwable {
    return switch (stream) {
      case THROWN -> ((DeclaredStreamsTest.ThrowingModule) module).asked(context);
      default -> true;
    };
  }

  /**
   * Calls {@link DeclaredStreamsTest.ThrowingModule#saving(Checkpoint)}.
   */
  @Override
  public void onSaveCheckpoint(String stream, Object module, Checkpoint checkpoint) throws
      Throwable {
    ((DeclaredStreamsTest.ThrowingModule) module).saving(checkpoint);
  }

  /**
   * Calls {@link DeclaredStreamsTest.ThrowingModule#loading(Checkpoint)}.
   */
  @Override
  public void onLoadCheckpoint(String stream, Object module, Checkpoint checkpoint) throws
      Throwable {
    ((DeclaredStreamsTest.ThrowingModule) module).loading(checkpoint);
  }
}
