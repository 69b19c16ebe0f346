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
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * The checkpoint streams of {@link FailingModule}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
@SuppressWarnings({"all", "auxiliaryclass"})
final class FailingModuleCallbackRegistry implements CallbackRegistry<Object> {
  /**
   * {@link FailingModule#missing(StateDict)}
   */
  public static final String MISSING = "missing";

  /**
   * {@link FailingModule#late(StateDict)}
   */
  public static final String LATE = "late";

  /**
   * {@link FailingModule#thrown(StateDict)}
   */
  public static final String THROWN = "thrown";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          MISSING, CheckpointStream.ORIGINAL, Execution.STATIC, "FailingModule#missing",
          StreamPolicy.builder().build()),
      StreamDeclaration.derived(
          LATE, CheckpointStream.ORIGINAL, Execution.INSTANCE, "FailingModule#late",
          StreamPolicy.builder().build()),
      StreamDeclaration.derived(
          THROWN, CheckpointStream.ORIGINAL, Execution.STATIC, "FailingModule#thrown",
          StreamPolicy.builder().build()));

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public StateDict transform(String stream, Object module, StateDict weights,
      TransformContext context) throws Throwable {
    return switch (stream) {
      case MISSING -> FailingModule.missing(weights);
      case LATE -> ((FailingModule<?>) module).late(weights);
      case THROWN -> FailingModule.thrown(weights);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }

  /**
   * Asks {@link FailingModule#hidden(TransformContext)}.
   */
  @Override
  public boolean saves(String stream, Object module, TransformContext context) throws Throwable {
    return switch (stream) {
      case LATE -> ((FailingModule<?>) module).hidden(context);
      default -> true;
    };
  }

  /**
   * Calls {@link FailingModule#any(Checkpoint)},
   * {@link FailingModule#anything(Checkpoint)}.
   */
  @Override
  public void onSaveCheckpoint(String stream, Object module, Checkpoint checkpoint) throws
      Throwable {
    ((FailingModule<?>) module).any(checkpoint);
    ((FailingModule<?>) module).anything(checkpoint);
  }

  /**
   * Calls {@link FailingModule#none(Checkpoint)}.
   */
  @Override
  public void onLoadCheckpoint(String stream, Object module, Checkpoint checkpoint) throws
      Throwable {
    ((FailingModule<?>) module).none(checkpoint);
  }
}
