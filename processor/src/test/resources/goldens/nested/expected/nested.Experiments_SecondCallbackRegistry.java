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
 * The checkpoint streams of {@link Experiments.Second}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
final class Experiments_SecondCallbackRegistry implements CallbackRegistry<Experiments.Second> {
  /**
   * {@link Experiments.Second#halve(StateDict)}
   */
  public static final String HALVED = "halved";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          HALVED, CheckpointStream.ORIGINAL, Execution.INSTANCE, "Experiments.Second#halve",
          StreamPolicy.builder().build()));

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public StateDict transform(String stream, Experiments.Second module, StateDict weights,
      TransformContext context) {
    return switch (stream) {
      case HALVED -> module.halve(weights);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }
}
