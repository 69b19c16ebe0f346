package names;

import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.RegistryGenerated;
import dev.rivulet.registry.StreamDeclaration;
import java.lang.Object;
import java.lang.Override;
import java.lang.String;
import java.lang.SuppressWarnings;
import javax.annotation.processing.Generated;

/**
 * The checkpoint streams of {@link List}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
@SuppressWarnings({"all", "auxiliaryclass"})
final class ListCallbackRegistry implements CallbackRegistry<Object> {
  /**
   * The untransformed weights of {@link List}.
   */
  public static final String ORIGINAL = "original";

  private static final java.util.List<StreamDeclaration> STREAMS = java.util.List.of(
      StreamDeclaration.untransformed(
          ORIGINAL,
          StreamPolicy.builder().saveTopK(-1).build()));

  @Override
  public java.util.List<StreamDeclaration> streams() {
    return STREAMS;
  }
}
