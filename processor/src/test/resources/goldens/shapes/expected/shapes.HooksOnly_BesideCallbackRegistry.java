package shapes;

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
 * The checkpoint streams of {@link HooksOnly.Beside}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
final class HooksOnly_BesideCallbackRegistry implements CallbackRegistry<HooksOnly.Beside> {
  /**
   * {@link HooksOnly.Beside#halve(StateDict)}
   */
  public static final String HALVED = "halved";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          HALVED, CheckpointStream.ORIGINAL, Execution.STATIC, "HooksOnly.Beside#halve",
          StreamPolicy.builder().build()));

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public StateDict transform(String stream, HooksOnly.Beside module, StateDict weights,
      TransformContext context) {
    return switch (stream) {
      case HALVED -> HooksOnly.Beside.halve(weights);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }
}
