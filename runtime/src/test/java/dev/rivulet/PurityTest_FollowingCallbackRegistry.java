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
 * The checkpoint streams of {@link PurityTest.Following}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
@SuppressWarnings({"all", "auxiliaryclass"})
final class PurityTest_FollowingCallbackRegistry implements CallbackRegistry<Object> {
  /**
   * {@link PurityTest.Following#follower}
   */
  public static final String FOLLOWED = "followed";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          FOLLOWED, CheckpointStream.ORIGINAL, Execution.INSTANCE, "PurityTest.Following#follower",
          StreamPolicy.builder().build()));

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public Map<String, StatefulTransform> statefulTransforms(Object module) {
    Map<String, StatefulTransform> transforms = new LinkedHashMap<>();
    transforms.put("PurityTest.Following#follower", Objects.requireNonNull(((PurityTest.Following) module).follower, "PurityTest.Following#follower"));
    return transforms;
  }

  @Override
  public StateDict transform(String stream, Object module, StateDict weights,
      TransformContext context) {
    return switch (stream) {
      case FOLLOWED -> ((PurityTest.Following) module).follower.apply(weights, context);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }
}
