package dev.rivulet;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.StreamDeclaration;
import java.util.List;

/** {@code original} → {@code transformed}, {@code averaged} → {@code half} and {@code tail}, {@code pruned} (lenient). */
final class TransformingModuleCallbackRegistry implements CallbackRegistry<TransformingModule> {
    private static final StreamPolicy KEEP_ALL =
            StreamPolicy.builder().saveTopK(-1).build();

    @Override
    public List<StreamDeclaration> streams() {
        return List.of(
                StreamDeclaration.untransformed(CheckpointStream.ORIGINAL, KEEP_ALL),
                derived("transformed", CheckpointStream.ORIGINAL, Execution.STATIC),
                derived("averaged", CheckpointStream.ORIGINAL, Execution.INSTANCE),
                derived("half", "averaged", Execution.INSTANCE),
                derived("tail", "averaged", Execution.STATIC),
                derived("pruned", CheckpointStream.ORIGINAL, Execution.STATIC).lenient());
    }

    private static StreamDeclaration derived(String name, String from, Execution execution) {
        return StreamDeclaration.derived(name, from, execution, "TransformingModule#" + name, KEEP_ALL);
    }

    @Override
    public StateDict transform(String stream, TransformingModule module, StateDict weights, TransformContext context)
            throws Exception {
        return module.transforms.getOrDefault(stream, (same, unused) -> same).apply(weights, context);
    }

    @Override
    public boolean saves(String stream, TransformingModule module, TransformContext context) throws Exception {
        return module.conditions.getOrDefault(stream, always -> true).test(context);
    }

    @Override
    public void onSaveCheckpoint(String stream, TransformingModule module, Checkpoint checkpoint) throws Exception {
        module.saveHooks.getOrDefault(stream, unused -> {}).accept(checkpoint);
    }

    @Override
    public void onLoadCheckpoint(String stream, TransformingModule module, Checkpoint checkpoint) throws Exception {
        module.loadHooks.getOrDefault(stream, unused -> {}).accept(checkpoint);
    }
}
