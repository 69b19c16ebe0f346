package dev.rivulet;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.StreamDeclaration;
import java.util.List;
import java.util.Map;

/** {@code original} → {@code averaged}, with an entry. */
final class ResumableModuleCallbackRegistry implements CallbackRegistry<ResumableModule> {

    @Override
    public List<StreamDeclaration> streams() {
        return List.of(StreamDeclaration.derived(
                "averaged",
                CheckpointStream.ORIGINAL,
                Execution.INSTANCE,
                "ResumableModule#average",
                StreamPolicy.builder().build()));
    }

    @Override
    public Map<String, StatefulTransform> statefulTransforms(ResumableModule module) {
        return Map.of("ResumableModule#average", module.average);
    }

    @Override
    public StateDict transform(String stream, ResumableModule module, StateDict weights, TransformContext context) {
        return module.average.apply(weights, context);
    }

    @Override
    public void onSaveCheckpoint(String stream, ResumableModule module, Checkpoint checkpoint) {
        checkpoint.put("batches", module.batches);
    }

    @Override
    public void onLoadCheckpoint(String stream, ResumableModule module, Checkpoint checkpoint) {
        module.batches = checkpoint.get("batches", Long.class);
    }
}
