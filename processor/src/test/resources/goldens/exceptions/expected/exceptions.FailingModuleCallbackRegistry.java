package exceptions;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.RegistryGenerated;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.annotation.processing.Generated;

/**
 * The checkpoint streams of {@link FailingModule}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
final class FailingModuleCallbackRegistry implements CallbackRegistry<FailingModule<?>> {
  /**
   * {@link FailingModule#missing(StateDict)}
   */
  public static final String MISSING = "missing";

  /**
   * {@link FailingModule#late(StateDict)}
   */
  public static final String LATE = "late";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          MISSING, CheckpointStream.ORIGINAL, Execution.STATIC, "FailingModule#missing",
          StreamPolicy.builder().build()),
      StreamDeclaration.derived(
          LATE, CheckpointStream.ORIGINAL, Execution.INSTANCE, "FailingModule#late",
          StreamPolicy.builder().build()));

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public StateDict transform(String stream, FailingModule<?> module, StateDict weights,
      TransformContext context) throws IOException, TimeoutException {
    return switch (stream) {
      case MISSING -> FailingModule.missing(weights);
      case LATE -> module.late(weights);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }

  /**
   * Asks {@link FailingModule#hidden(TransformContext)}.
   */
  @Override
  public boolean saves(String stream, FailingModule<?> module, TransformContext context) throws
      IOException {
    return switch (stream) {
      case LATE -> module.hidden(context);
      default -> true;
    };
  }

  /**
   * Calls {@link FailingModule#any(Checkpoint)}.
   */
  @Override
  public void onSaveCheckpoint(String stream, FailingModule<?> module, Checkpoint checkpoint) throws
      Exception {
    module.any(checkpoint);
  }

  /**
   * Calls {@link FailingModule#none(Checkpoint)}.
   */
  @Override
  public void onLoadCheckpoint(String stream, FailingModule<?> module, Checkpoint checkpoint) {
    module.none(checkpoint);
  }
}
