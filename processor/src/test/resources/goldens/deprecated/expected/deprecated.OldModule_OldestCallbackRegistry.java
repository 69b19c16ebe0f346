package deprecated;

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
 * The checkpoint streams of {@link OldModule.Oldest}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
@SuppressWarnings("deprecation")
public final class OldModule_OldestCallbackRegistry implements CallbackRegistry<OldModule.Oldest> {
  /**
   * {@link OldModule.Oldest#oldest(StateDict)}
   */
  public static final String OLDEST = "oldest";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          OLDEST, CheckpointStream.ORIGINAL, Execution.STATIC, "OldModule.Oldest#oldest",
          StreamPolicy.builder().build()));

  /**
   * For the runtime, which finds the class by its name.
   */
  public OldModule_OldestCallbackRegistry() {
  }

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public StateDict transform(String stream, OldModule.Oldest module, StateDict weights,
      TransformContext context) {
    return switch (stream) {
      case OLDEST -> OldModule.Oldest.oldest(weights);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }
}
