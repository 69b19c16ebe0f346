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
 * The checkpoint streams of {@link GenericModule.Inner.Innermost}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
final class GenericModule_Inner_InnermostCallbackRegistry implements CallbackRegistry<GenericModule<?, ?>.Inner<?>.Innermost> {
  /**
   * {@link GenericModule.Inner.Innermost#innermost(StateDict)}
   */
  public static final String INNERMOST = "innermost";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          INNERMOST, CheckpointStream.ORIGINAL, Execution.INSTANCE,
              "GenericModule.Inner.Innermost#innermost",
          StreamPolicy.builder().build()));

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public StateDict transform(String stream, GenericModule<?, ?>.Inner<?>.Innermost module,
      StateDict weights, TransformContext context) {
    return switch (stream) {
      case INNERMOST -> module.innermost(weights);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }
}
