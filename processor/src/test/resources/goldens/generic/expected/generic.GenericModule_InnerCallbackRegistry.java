package generic;

import dev.rivulet.annotations.CheckpointStream;
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
 * The checkpoint streams of {@link GenericModule.Inner}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
public final class GenericModule_InnerCallbackRegistry implements CallbackRegistry<GenericModule<?, ?>.Inner<?>> {
  /**
   * {@link GenericModule.Inner#inner(StateDict)}
   */
  public static final String INNER = "inner";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          INNER, CheckpointStream.ORIGINAL, Execution.INSTANCE, "GenericModule.Inner#inner",
          StreamPolicy.builder().build()));

  /**
   * For the runtime, which finds the class by its name.
   */
  public GenericModule_InnerCallbackRegistry() {
  }

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public StateDict transform(String stream, GenericModule<?, ?>.Inner<?> module, StateDict weights,
      TransformContext context) {
    return switch (stream) {
      case INNER -> module.inner(weights);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }
}
