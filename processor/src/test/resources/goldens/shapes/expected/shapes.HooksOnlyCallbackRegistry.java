package shapes;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.RegistryGenerated;
import dev.rivulet.registry.StreamDeclaration;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * The checkpoint streams of {@link HooksOnly}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
public final class HooksOnlyCallbackRegistry implements CallbackRegistry<HooksOnly> {
  /**
   * For the runtime, which finds the class by its name.
   */
  public HooksOnlyCallbackRegistry() {
  }

  @Override
  public List<StreamDeclaration> streams() {
    return List.of();
  }

  /**
   * Calls {@link HooksOnly#both(Checkpoint)}.
   */
  @Override
  public void onSaveCheckpoint(String stream, HooksOnly module, Checkpoint checkpoint) {
    module.both(checkpoint);
  }

  /**
   * Calls {@link HooksOnly#both(Checkpoint)}.
   */
  @Override
  public void onLoadCheckpoint(String stream, HooksOnly module, Checkpoint checkpoint) {
    if (stream.equals(CheckpointStream.ORIGINAL)) {
      module.both(checkpoint);
    }
  }
}
