package digits;

import dev.rivulet.annotations.Mode;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.RegistryGenerated;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.StatefulTransform;
import dev.rivulet.transform.TransformContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.annotation.processing.Generated;

/**
 * The checkpoint streams of {@link DigitsModule}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
@SuppressWarnings({"all", "auxiliaryclass"})
final class DigitsModuleCallbackRegistry implements CallbackRegistry<Object> {
  /**
   * The untransformed weights of {@link DigitsModule}.
   */
  public static final String ORIGINAL = "original";

  /**
   * The untransformed weights of {@link DigitsModule}.
   */
  public static final String HOURLY = "hourly";

  /**
   * {@link DigitsModule#halve(StateDict)}
   */
  public static final String TRANSFORMED = "transformed";

  /**
   * {@link DigitsModule#average}
   */
  public static final String AVERAGED = "averaged";

  /**
   * {@link DigitsModule#quantize(StateDict, TransformContext)}
   */
  public static final String HALF = "half";

  /**
   * {@link DigitsModule#quantize(StateDict, TransformContext)}
   */
  public static final String INT8 = "int8";

  private static final List<StreamDeclaration> STREAMS = List.of(
      StreamDeclaration.untransformed(
          ORIGINAL,
          StreamPolicy.builder()
              .filename("original-{epoch}")
              .monitor("val_loss")
              .saveTopK(3)
              .build()),
      StreamDeclaration.untransformed(
          HOURLY,
          StreamPolicy.builder()
              .saveTopK(-1)
              .trainTimeInterval("1h")
              .build()),
      StreamDeclaration.derived(
          TRANSFORMED, ORIGINAL, Execution.STATIC, "DigitsModule#halve",
          StreamPolicy.builder()
              .filename("transformed-{epoch}")
              .monitor("val_accuracy")
              .mode(Mode.MAX)
              .saveTopK(3)
              .build()),
      StreamDeclaration.derived(
          AVERAGED, ORIGINAL, Execution.INSTANCE, "DigitsModule#average",
          StreamPolicy.builder().build()),
      StreamDeclaration.derived(
          HALF, AVERAGED, Execution.INSTANCE, "DigitsModule#quantize",
          StreamPolicy.builder().build()),
      StreamDeclaration.derived(
          INT8, AVERAGED, Execution.INSTANCE, "DigitsModule#quantize",
          StreamPolicy.builder().everyNTrainSteps(500).build()).lenient());

  @Override
  public List<StreamDeclaration> streams() {
    return STREAMS;
  }

  @Override
  public Map<String, StatefulTransform> statefulTransforms(Object module) {
    Map<String, StatefulTransform> transforms = new LinkedHashMap<>();
    transforms.put("DigitsModule#average", Objects.requireNonNull(((DigitsModule) module).average, "DigitsModule#average"));
    return transforms;
  }

  @Override
  public StateDict transform(String stream, Object module, StateDict weights,
      TransformContext context) {
    return switch (stream) {
      case TRANSFORMED -> DigitsModule.halve(weights);
      case AVERAGED -> ((DigitsModule) module).average.apply(weights, context);
      case HALF, INT8 -> ((DigitsModule) module).quantize(weights, context);
      default -> throw CallbackRegistry.noTransform(stream);
    };
  }

  /**
   * Asks {@link DigitsModule#afterWarmUp(TransformContext)}.
   */
  @Override
  public boolean saves(String stream, Object module, TransformContext context) {
    return switch (stream) {
      case HALF, INT8 -> ((DigitsModule) module).afterWarmUp(context);
      default -> true;
    };
  }

  /**
   * Calls {@link DigitsModule#describe(Checkpoint)},
   * {@link DigitsModule#addScales(Checkpoint)}.
   */
  @Override
  public void onSaveCheckpoint(String stream, Object module, Checkpoint checkpoint) {
    ((DigitsModule) module).describe(checkpoint);
    if (stream.equals(HALF) || stream.equals(INT8)) {
      ((DigitsModule) module).addScales(checkpoint);
    }
  }

  /**
   * Calls {@link DigitsModule#readBack(Checkpoint)}.
   */
  @Override
  public void onLoadCheckpoint(String stream, Object module, Checkpoint checkpoint) {
    ((DigitsModule) module).readBack(checkpoint);
  }
}
