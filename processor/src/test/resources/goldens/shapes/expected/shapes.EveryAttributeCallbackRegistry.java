package shapes;

import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.annotations.Mode;
import dev.rivulet.annotations.OnFailure;
import dev.rivulet.annotations.SaveBest;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.annotations.SaveOnTrainEpochEnd;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.RegistryGenerated;
import dev.rivulet.registry.StreamDeclaration;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * The checkpoint streams of {@link EveryAttribute}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
public final class EveryAttributeCallbackRegistry implements CallbackRegistry<EveryAttribute> {
  /**
   * The untransformed weights of {@link EveryAttribute}.
   */
  public static final String ORIGINAL = "original";

  /**
   * The untransformed weights of {@link EveryAttribute}.
   */
  public static final String DEFAULTS = "defaults";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.untransformed(
          ORIGINAL,
          StreamPolicy.builder()
              .dirpath("every/attribute")
              .filename("epoch-{epoch:02d}/\"{val_accuracy:.3f}\"")
              .monitor("val_accuracy")
              .mode(Mode.MAX)
              .saveTopK(5)
              .keepLast(2)
              .keepEveryNth(100)
              .maxTotalBytes("10GB")
              .saveLast(SaveLast.LINK)
              .saveBest(SaveBest.COPY)
              .everyNTrainSteps(0)
              .everyNEpochs(2)
              .trainTimeInterval("1h30m")
              .anyTrigger(true)
              .saveOnTrainEpochEnd(SaveOnTrainEpochEnd.FALSE)
              .saveOnException(true)
              .onFailure(OnFailure.CONTINUE)
              .format(CheckpointFormat.SAFETENSORS)
              .saveWeightsOnly(true)
              .autoInsertMetricName(false)
              .enableVersionCounter(false)
              .verbose(true)
              .build()),
      StreamDeclaration.untransformed(
          DEFAULTS,
          StreamPolicy.builder().build()));

  /**
   * For the runtime, which finds the class by its name.
   */
  public EveryAttributeCallbackRegistry() {
  }

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }
}
