package dev.rivulet;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.StreamDeclaration;
import java.util.List;

/** Declares {@code transformed} anew; all else is inherited. */
final class SeeingModuleCallbackRegistry implements CallbackRegistry<SeeingModule> {

    @Override
    public List<StreamDeclaration> streams() {
        return List.of(StreamDeclaration.derived(
                "transformed",
                CheckpointStream.ORIGINAL,
                Execution.INSTANCE,
                "SeeingModule#transformed",
                StreamPolicy.builder().saveTopK(-1).build()));
    }

    @Override
    public StateDict transform(String stream, SeeingModule module, StateDict weights, TransformContext context)
            throws Exception {
        return module.transforms.getOrDefault(stream, (same, unused) -> same).apply(weights, context);
    }
}
