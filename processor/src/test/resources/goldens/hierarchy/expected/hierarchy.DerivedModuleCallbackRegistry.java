package hierarchy;

import dev.rivulet.checkpoint.Checkpoint;
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
 * The checkpoint streams of {@link DerivedModule}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
@SuppressWarnings({"all", "auxiliaryclass"})
final class DerivedModuleCallbackRegistry implements CallbackRegistry<Object> {
  /**
   * The untransformed weights of {@link DerivedModule}.
   */
  public static final String ORIGINAL = "original";

  /**
   * The untransformed weights of {@link DerivedModule}.
   */
  public static final String HOURLY = "hourly";

  /**
   * {@link DerivedModule#quarter(StateDict)}
   */
  public static final String QUARTERED = "quartered";

  /**
   * {@link DerivedModule#eighth(StateDict)}
   */
  public static final String EIGHTH = "eighth";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.untransformed(
          ORIGINAL,
          StreamPolicy.builder()
              .monitor("val_loss")
              .saveTopK(2)
              .build()),
      StreamDeclaration.untransformed(
          HOURLY,
          StreamPolicy.builder().trainTimeInterval("30m").build()),
      StreamDeclaration.derived(
          QUARTERED, "halved", Execution.INSTANCE, "DerivedModule#quarter",
          StreamPolicy.builder().build()),
      StreamDeclaration.derived(
          EIGHTH, "int8", Execution.INSTANCE, "DerivedModule#eighth",
          StreamPolicy.builder().build()));

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public StateDict transform(String stream, Object module, StateDict weights,
      TransformContext context) {
    return switch (stream) {
      case QUARTERED -> ((DerivedModule) module).quarter(weights);
      case EIGHTH -> ((DerivedModule) module).eighth(weights);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }

  /**
   * Asks {@link DerivedModule#quantizes(TransformContext)}.
   */
  @Override
  public boolean saves(String stream, Object module, TransformContext context) {
    return switch (stream) {
      case "int8", EIGHTH -> ((DerivedModule) module).quantizes(context);
      default -> true;
    };
  }

  /**
   * Calls {@link DerivedModule#readMore(Checkpoint)}.
   */
  @Override
  public void onLoadCheckpoint(String stream, Object module, Checkpoint checkpoint) {
    if (stream.equals("halved") || stream.equals(ORIGINAL) || stream.equals(EIGHTH)) {
      ((DerivedModule) module).readMore(checkpoint);
    }
  }
}
