package nested;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.RegistryGenerated;
import dev.rivulet.registry.StreamDeclaration;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * The checkpoint streams of {@link Experiments.Size}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
final class Experiments_SizeCallbackRegistry implements CallbackRegistry<Experiments.Size> {
  @Override
  public List<StreamDeclaration> streams() {
    return List.of();
  }

  /**
   * Calls {@link Experiments.Size#save(Checkpoint)}.
   */
  @Override
  public void onSaveCheckpoint(String stream, Experiments.Size module, Checkpoint checkpoint) {
    module.save(checkpoint);
  }
}
