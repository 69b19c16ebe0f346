package names;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.RegistryGenerated;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import java.lang.Object;
import java.lang.Override;
import java.lang.String;
import java.lang.SuppressWarnings;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * The checkpoint streams of {@link weights.LIST}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
@SuppressWarnings({"all", "auxiliaryclass"})
final class weights_LISTCallbackRegistry implements CallbackRegistry<Object> {
  /**
   * {@link weights.LIST#list(StateDict)}
   */
  public static final String LIST_ = "list";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          LIST_, CheckpointStream.ORIGINAL, Execution.STATIC, "weights.LIST#list",
          StreamPolicy.builder().build()));

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public StateDict transform(String stream, Object module, StateDict weights_,
      TransformContext context) {
    return switch (stream) {
      case LIST_ -> weights.LIST.list(weights_);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }
}
