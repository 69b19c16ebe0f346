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
 * The checkpoint streams of {@link Unnamed}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
@SuppressWarnings({"all", "auxiliaryclass"})
final class UnnamedCallbackRegistry implements CallbackRegistry<Object> {
  /**
   * {@link Unnamed#halve(StateDict)}
   */
  public static final String HALVED = "halved";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          HALVED, CheckpointStream.ORIGINAL, Execution.STATIC, "Unnamed#halve",
          StreamPolicy.builder().build()));

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public StateDict transform(String stream, Object module, StateDict weights,
      TransformContext context) {
    return switch (stream) {
      case HALVED -> Unnamed.halve(weights);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }
}
