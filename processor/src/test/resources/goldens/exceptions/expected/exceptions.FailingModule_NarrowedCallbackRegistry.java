package exceptions;

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
 * The checkpoint streams of {@link FailingModule.Narrowed}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
@SuppressWarnings({"all", "auxiliaryclass"})
final class FailingModule_NarrowedCallbackRegistry implements CallbackRegistry<Object> {
  /**
   * {@link FailingModule.Narrowed#narrowed}
   */
  public static final String NARROWED = "narrowed";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          NARROWED, CheckpointStream.ORIGINAL, Execution.INSTANCE,
              "FailingModule.Narrowed#narrowed",
          StreamPolicy.builder().build()));

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public Map<String, StatefulTransform> statefulTransforms(Object module) {
    Map<String, StatefulTransform> transforms = new LinkedHashMap<>();
    transforms.put("FailingModule.Narrowed#narrowed", Objects.requireNonNull(((FailingModule.Narrowed) module).narrowed, "FailingModule.Narrowed#narrowed"));
    return transforms;
  }

  @Override
  public StateDict transform(String stream, Object module, StateDict weights,
      TransformContext context) throws Throwable {
    return switch (stream) {
      case NARROWED -> ((FailingModule.Narrowed) module).narrowed.apply(weights, context);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }
}
