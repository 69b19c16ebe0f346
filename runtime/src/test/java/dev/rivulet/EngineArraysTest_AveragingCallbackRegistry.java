package dev.rivulet;

import dev.rivulet.annotations.CheckpointStream;
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
 * The checkpoint streams of {@link EngineArraysTest.Averaging}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
@SuppressWarnings({"all", "auxiliaryclass"})
final class EngineArraysTest_AveragingCallbackRegistry implements CallbackRegistry<Object> {
  /**
   * {@link EngineArraysTest.Averaging#average}
   */
  public static final String AVERAGED = "averaged";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          AVERAGED, CheckpointStream.ORIGINAL, Execution.INSTANCE,
              "EngineArraysTest.Averaging#average",
          StreamPolicy.builder().build()));

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public Map<String, StatefulTransform> statefulTransforms(Object module) {
    Map<String, StatefulTransform> transforms = new LinkedHashMap<>();
    transforms.put("EngineArraysTest.Averaging#average", Objects.requireNonNull(((EngineArraysTest.Averaging) module).average, "EngineArraysTest.Averaging#average"));
    return transforms;
  }

  @Override
  public StateDict transform(String stream, Object module, StateDict weights,
      TransformContext context) {
    return switch (stream) {
      case AVERAGED -> ((EngineArraysTest.Averaging) module).average.apply(weights, context);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }
}
