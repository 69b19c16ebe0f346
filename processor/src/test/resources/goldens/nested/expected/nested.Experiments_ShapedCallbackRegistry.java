package nested;

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
 * The checkpoint streams of {@link Experiments.Shaped}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
public final class Experiments_ShapedCallbackRegistry implements CallbackRegistry<Experiments.Shaped> {
  /**
   * {@link Experiments.Shaped#shape(StateDict)}
   */
  public static final String SHAPED = "shaped";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          SHAPED, CheckpointStream.ORIGINAL, Execution.STATIC, "Experiments.Shaped#shape",
          StreamPolicy.builder().build()));

  /**
   * For the runtime, which finds the class by its name.
   */
  public Experiments_ShapedCallbackRegistry() {
  }

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public StateDict transform(String stream, Experiments.Shaped module, StateDict weights,
      TransformContext context) {
    return switch (stream) {
      case SHAPED -> Experiments.Shaped.shape(weights);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }
}
