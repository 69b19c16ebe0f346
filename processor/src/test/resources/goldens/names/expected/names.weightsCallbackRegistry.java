package names;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.RegistryGenerated;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import java.lang.Object;
import java.lang.Override;
import java.lang.String;
import java.lang.SuppressWarnings;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * The checkpoint streams of {@link weights}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
@SuppressWarnings({"all", "auxiliaryclass"})
final class weightsCallbackRegistry implements CallbackRegistry<Object> {
  /**
   * {@link weights#yield(StateDict)}
   */
  public static final String _8_BIT = "8.bit";

  /**
   * {@link weights#$(StateDict)}
   */
  public static final String _8BIT_FAST = "8bit-fast";

  /**
   * {@link weights#record(StateDict)}
   */
  public static final String STREAMS_ = "streams";

  /**
   * {@link weights#größe(StateDict, TransformContext)}
   */
  public static final String VAL_LOSS = "valLoss";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          _8_BIT, CheckpointStream.ORIGINAL, Execution.STATIC, "weights#yield",
          StreamPolicy.builder().build()),
      StreamDeclaration.derived(
          _8BIT_FAST, CheckpointStream.ORIGINAL, Execution.STATIC, "weights#$",
          StreamPolicy.builder().build()),
      StreamDeclaration.derived(
          STREAMS_, CheckpointStream.ORIGINAL, Execution.INSTANCE, "weights#record",
          StreamPolicy.builder().build()),
      StreamDeclaration.derived(
          VAL_LOSS, CheckpointStream.ORIGINAL, Execution.INSTANCE, "weights#größe",
          StreamPolicy.builder().build()));

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public StateDict transform(String stream, Object module, StateDict weights_,
      TransformContext context) {
    return switch (stream) {
      case _8_BIT -> weights.yield(weights_);
      case _8BIT_FAST -> weights.$(weights_);
      case STREAMS_ -> ((weights) module).record(weights_);
      case VAL_LOSS -> ((weights) module).größe(weights_, context);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }

  /**
   * Asks {@link weights#when(TransformContext)}.
   */
  @Override
  public boolean saves(String stream, Object module, TransformContext context) {
    return switch (stream) {
      case STREAMS_ -> weights.when(context);
      default -> true;
    };
  }

  /**
   * Calls {@link weights#var(Checkpoint)}.
   */
  @Override
  public void onSaveCheckpoint(String stream, Object module, Checkpoint checkpoint) {
    ((weights) module).var(checkpoint);
  }
}
