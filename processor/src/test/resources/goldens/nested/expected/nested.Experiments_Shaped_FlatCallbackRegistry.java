package nested;

import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.RegistryGenerated;
import dev.rivulet.registry.StreamDeclaration;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * The checkpoint streams of {@link Experiments.Shaped.Flat}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
public final class Experiments_Shaped_FlatCallbackRegistry implements CallbackRegistry<Experiments.Shaped.Flat> {
  /**
   * The untransformed weights of {@link Experiments.Shaped.Flat}.
   */
  public static final String ORIGINAL = "original";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.untransformed(
          ORIGINAL,
          StreamPolicy.builder()
              .dirpath("flat")
              .saveOnException(true)
              .build()));

  /**
   * For the runtime, which finds the class by its name.
   */
  public Experiments_Shaped_FlatCallbackRegistry() {
  }

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }
}
