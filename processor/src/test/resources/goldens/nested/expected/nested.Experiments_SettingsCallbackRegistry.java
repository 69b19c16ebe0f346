package nested;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.RegistryGenerated;
import dev.rivulet.registry.StreamDeclaration;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * The checkpoint streams of {@link Experiments.Settings}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
public final class Experiments_SettingsCallbackRegistry implements CallbackRegistry<Experiments.Settings> {
  /**
   * For the runtime, which finds the class by its name.
   */
  public Experiments_SettingsCallbackRegistry() {
  }

  @Override
  public List<StreamDeclaration> streams() {
    return List.of();
  }

  /**
   * Calls {@link Experiments.Settings#save(Checkpoint)}.
   */
  @Override
  public void onSaveCheckpoint(String stream, Experiments.Settings module, Checkpoint checkpoint) {
    module.save(checkpoint);
  }
}
