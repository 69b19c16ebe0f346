package generic;

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
 * The checkpoint streams of {@link GenericModule}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
public final class GenericModuleCallbackRegistry implements CallbackRegistry<GenericModule<?, ?>> {
  /**
   * {@link GenericModule#first(StateDict)}
   */
  public static final String FIRST = "first";

  /**
   * {@link GenericModule#second(StateDict, TransformContext)}
   */
  public static final String SECOND = "second";

  /**
   * {@link GenericModule#third}
   */
  public static final String THIRD = "third";

  /**
   * {@link GenericModule#fourth}
   */
  public static final String FOURTH = "fourth";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          FIRST, CheckpointStream.ORIGINAL, Execution.STATIC, "GenericModule#first",
          StreamPolicy.builder().build()),
      StreamDeclaration.derived(
          SECOND, CheckpointStream.ORIGINAL, Execution.INSTANCE, "GenericModule#second",
          StreamPolicy.builder().build()),
      StreamDeclaration.derived(
          THIRD, CheckpointStream.ORIGINAL, Execution.INSTANCE, "GenericModule#third",
          StreamPolicy.builder().build()),
      StreamDeclaration.derived(
          FOURTH, CheckpointStream.ORIGINAL, Execution.INSTANCE, "GenericModule#fourth",
          StreamPolicy.builder().build()));

  /**
   * For the runtime, which finds the class by its name.
   */
  public GenericModuleCallbackRegistry() {
  }

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public Map<String, StatefulTransform> statefulTransforms(GenericModule<?, ?> module) {
    Map<String, StatefulTransform> transforms = new LinkedHashMap<>();
    transforms.put("GenericModule#third", Objects.requireNonNull(module.third, "GenericModule#third"));
    transforms.put("GenericModule#fourth", Objects.requireNonNull(module.fourth, "GenericModule#fourth"));
    return transforms;
  }

  @Override
  public StateDict transform(String stream, GenericModule<?, ?> module, StateDict weights,
      TransformContext context) throws Throwable {
    return switch (stream) {
      case FIRST -> GenericModule.first(weights);
      case SECOND -> module.second(weights, context);
      case THIRD -> module.third.apply(weights, context);
      case FOURTH -> ((StatefulTransform) module.fourth).apply(weights, context);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }
}
