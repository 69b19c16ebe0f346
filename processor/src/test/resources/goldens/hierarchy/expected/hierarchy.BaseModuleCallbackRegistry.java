package hierarchy;

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
 * The checkpoint streams of {@link BaseModule}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
@SuppressWarnings({"all", "auxiliaryclass"})
final class BaseModuleCallbackRegistry implements CallbackRegistry<Object> {
  /**
   * The untransformed weights of {@link BaseModule}.
   */
  public static final String ORIGINAL = "original";

  /**
   * The untransformed weights of {@link BaseModule}.
   */
  public static final String HOURLY = "hourly";

  /**
   * {@link BaseModule#halve(StateDict)}
   */
  public static final String HALVED = "halved";

  /**
   * {@link BaseModule#quarter(StateDict)}
   */
  public static final String QUARTERED = "quartered";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.untransformed(
          ORIGINAL,
          StreamPolicy.builder().saveTopK(-1).build()),
      StreamDeclaration.untransformed(
          HOURLY,
          StreamPolicy.builder().trainTimeInterval("1h").build()),
      StreamDeclaration.derived(
          HALVED, ORIGINAL, Execution.INSTANCE, "BaseModule#halve",
          StreamPolicy.builder().build()),
      StreamDeclaration.derived(
          QUARTERED, ORIGINAL, Execution.INSTANCE, "BaseModule#quarter",
          StreamPolicy.builder().build()));

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public StateDict transform(String stream, Object module, StateDict weights,
      TransformContext context) {
    return switch (stream) {
      case HALVED -> ((BaseModule) module).halve(weights);
      case QUARTERED -> ((BaseModule) module).quarter(weights);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }

  /**
   * Asks {@link BaseModule#warmedUp(TransformContext)}.
   */
  @Override
  public boolean saves(String stream, Object module, TransformContext context) {
    return switch (stream) {
      case HALVED -> ((BaseModule) module).warmedUp(context);
      default -> true;
    };
  }

  /**
   * Calls {@link BaseModule#describe(Checkpoint)}.
   */
  @Override
  public void onSaveCheckpoint(String stream, Object module, Checkpoint checkpoint) {
    ((BaseModule) module).describe(checkpoint);
  }

  /**
   * Calls {@link BaseModule#readBack(Checkpoint)}.
   */
  @Override
  public void onLoadCheckpoint(String stream, Object module, Checkpoint checkpoint) {
    if (stream.equals(HALVED)) {
      ((BaseModule) module).readBack(checkpoint);
    }
  }
}
