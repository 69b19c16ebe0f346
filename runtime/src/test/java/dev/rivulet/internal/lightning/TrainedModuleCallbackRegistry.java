package dev.rivulet.internal.lightning;

import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.RegistryGenerated;
import dev.rivulet.registry.StreamDeclaration;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * The checkpoint streams of {@link TrainedModule}.
 */
@Generated("dev.rivulet.processor.RivuletProcessor")
@RegistryGenerated
@SuppressWarnings({"all", "auxiliaryclass"})
final class TrainedModuleCallbackRegistry implements CallbackRegistry<Object> {
  @Override
  public List<StreamDeclaration> streams() {
    return List.of();
  }

  /**
   * Calls {@link TrainedModule#load(Checkpoint)}.
   */
  @Override
  public void onLoadCheckpoint(String stream, Object module, Checkpoint checkpoint) {
    ((TrainedModule) module).load(checkpoint);
  }
}
