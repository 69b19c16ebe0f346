package hierarchy;

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
 * The checkpoint streams of {@link Quantized}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
public final class QuantizedCallbackRegistry implements CallbackRegistry<Quantized> {
  /**
   * {@link Quantized#quantize(StateDict)}
   */
  public static final String INT8 = "int8";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.derived(
          INT8, CheckpointStream.ORIGINAL, Execution.INSTANCE, "Quantized#quantize",
          StreamPolicy.builder().build()));

  /**
   * For the runtime, which finds the class by its name.
   */
  public QuantizedCallbackRegistry() {
  }

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public StateDict transform(String stream, Quantized module, StateDict weights,
      TransformContext context) {
    return switch (stream) {
      case INT8 -> module.quantize(weights);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }
}
