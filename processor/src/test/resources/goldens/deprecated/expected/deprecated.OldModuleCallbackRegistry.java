package deprecated;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.RegistryGenerated;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.StatefulTransform;
import dev.rivulet.transform.TransformContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.annotation.processing.Generated;

/**
 * The checkpoint streams of {@link OldModule}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
public final class OldModuleCallbackRegistry implements CallbackRegistry<OldModule> {
  /**
   * {@link OldModule#old(StateDict)}
   */
  public static final String OLD = "old";

  /**
   * {@link OldModule#older(StateDict)}
   */
  public static final String OLDER = "older";

  /**
   * {@link OldModule#average}
   */
  public static final String AVERAGED = "averaged";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          OLD, CheckpointStream.ORIGINAL, Execution.STATIC, "OldModule#old",
          StreamPolicy.builder().build()),
      StreamDeclaration.derived(
          OLDER, CheckpointStream.ORIGINAL, Execution.STATIC, "OldModule#older",
          StreamPolicy.builder().build()),
      StreamDeclaration.derived(
          AVERAGED, CheckpointStream.ORIGINAL, Execution.INSTANCE, "OldModule#average",
          StreamPolicy.builder().build()));

  /**
   * For the runtime, which finds the class by its name.
   */
  public OldModuleCallbackRegistry() {
  }

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  @SuppressWarnings("deprecation")
  public Map<String, StatefulTransform> statefulTransforms(OldModule module) {
    Map<String, StatefulTransform> transforms = new LinkedHashMap<>();
    transforms.put("OldModule#average", Objects.requireNonNull(module.average, "OldModule#average"));
    return transforms;
  }

  @Override
  @SuppressWarnings({"deprecation", "removal"})
  public StateDict transform(String stream, OldModule module, StateDict weights,
      TransformContext context) throws Throwable {
    return switch (stream) {
      case OLD -> OldModule.old(weights);
      case OLDER -> OldModule.older(weights);
      case AVERAGED -> module.average.apply(weights, context);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }

  /**
   * Asks {@link OldModule#current(TransformContext)}.
   */
  @Override
  public boolean saves(String stream, OldModule module, TransformContext context) {
    return switch (stream) {
      case OLD -> module.current(context);
      default -> true;
    };
  }

  /**
   * Calls {@link OldModule#describe(Checkpoint)}.
   */
  @Override
  @SuppressWarnings("removal")
  public void onSaveCheckpoint(String stream, OldModule module, Checkpoint checkpoint) {
    module.describe(checkpoint);
  }

  /**
   * Calls {@link OldModule#readBack(Checkpoint)}.
   */
  @Override
  public void onLoadCheckpoint(String stream, OldModule module, Checkpoint checkpoint) {
    module.readBack(checkpoint);
  }
}
