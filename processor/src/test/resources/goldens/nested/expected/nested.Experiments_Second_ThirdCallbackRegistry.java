package nested;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.RegistryGenerated;
import dev.rivulet.registry.StreamDeclaration;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * The checkpoint streams of {@link Experiments.Second.Third}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
final class Experiments_Second_ThirdCallbackRegistry implements CallbackRegistry<Experiments.Second.Third> {
  @Override
  public List<StreamDeclaration> streams() {
    return List.of();
  }

  /**
   * Calls {@link Experiments.Second.Third#readBack(Checkpoint)}.
   */
  @Override
  public void onLoadCheckpoint(String stream, Experiments.Second.Third module,
      Checkpoint checkpoint) {
    module.readBack(checkpoint);
  }
}
