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
 * The checkpoint streams of {@link Experiments.First}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
public final class Experiments_FirstCallbackRegistry implements CallbackRegistry<Experiments.First> {
  /**
   * {@link Experiments.First#halve(StateDict)}
   */
  public static final String HALVED = "halved";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          HALVED, CheckpointStream.ORIGINAL, Execution.STATIC, "Experiments.First#halve",
          StreamPolicy.builder().build()));

  /**
   * For the runtime, which finds the class by its name.
   */
  public Experiments_FirstCallbackRegistry() {
  }

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public StateDict transform(String stream, Experiments.First module, StateDict weights,
      TransformContext context) {
    return switch (stream) {
      case HALVED -> Experiments.First.halve(weights);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }
}
