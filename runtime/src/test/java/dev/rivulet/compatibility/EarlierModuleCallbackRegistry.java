package dev.rivulet.compatibility;

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
 * The checkpoint streams of {@link EarlierModule}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
public final class EarlierModuleCallbackRegistry implements CallbackRegistry<EarlierModule> {
  /**
   * {@link EarlierModule#average}
   */
  public static final String AVERAGED = "averaged";

  /**
   * {@link EarlierModule#halve(StateDict)}
   */
  public static final String HALVED = "halved";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          AVERAGED, CheckpointStream.ORIGINAL, Execution.INSTANCE, "EarlierModule#average",
          StreamPolicy.builder().build()),
      StreamDeclaration.derived(
          HALVED, CheckpointStream.ORIGINAL, Execution.STATIC, "EarlierModule#halve",
          StreamPolicy.builder().build()));

  /**
   * For the runtime, which finds the class by its name.
   */
  public EarlierModuleCallbackRegistry() {
  }

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public Map<String, StatefulTransform> statefulTransforms(EarlierModule module) {
    Map<String, StatefulTransform> transforms = new LinkedHashMap<>();
    transforms.put("EarlierModule#average", Objects.requireNonNull(module.average, "EarlierModule#average"));
    return transforms;
  }

  @Override
  public StateDict transform(String stream, EarlierModule module, StateDict weights,
      TransformContext context) {
    return switch (stream) {
      case AVERAGED -> module.average.apply(weights, context);
      case HALVED -> EarlierModule.halve(weights);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }

  /**
   * Calls {@link EarlierModule#describe(Checkpoint)}.
   */
  @Override
  public void onSaveCheckpoint(String stream, EarlierModule module, Checkpoint checkpoint) {
    module.describe(checkpoint);
  }

  /**
   * Calls {@link EarlierModule#recall(Checkpoint)}.
   */
  @Override
  public void onLoadCheckpoint(String stream, EarlierModule module, Checkpoint checkpoint) {
    module.recall(checkpoint);
  }
}
