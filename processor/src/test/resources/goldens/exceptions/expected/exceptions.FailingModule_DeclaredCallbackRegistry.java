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
 * The checkpoint streams of {@link FailingModule.Declared}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
@SuppressWarnings({"all", "auxiliaryclass"})
final class FailingModule_DeclaredCallbackRegistry implements CallbackRegistry<Object> {
  /**
   * {@link FailingModule.Declared#any}
   */
  public static final String DECLARED = "declared";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          DECLARED, CheckpointStream.ORIGINAL, Execution.INSTANCE, "FailingModule.Declared#any",
          StreamPolicy.builder().build()));

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public Map<String, StatefulTransform> statefulTransforms(Object module) {
    Map<String, StatefulTransform> transforms = new LinkedHashMap<>();
    transforms.put("FailingModule.Declared#any", Objects.requireNonNull(((FailingModule.Declared) module).any, "FailingModule.Declared#any"));
    return transforms;
  }

  @Override
  public StateDict transform(String stream, Object module, StateDict weights,
      TransformContext context) throws Throwable {
    return switch (stream) {
      case DECLARED -> ((FailingModule.Declared) module).any.apply(weights, context);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }
}
