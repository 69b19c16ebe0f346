package dev.rivulet;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.StreamDeclaration;
import java.util.List;

/** Declares the chain; all else is inherited. */
final class ChainModuleCallbackRegistry implements CallbackRegistry<ChainModule> {

    @Override
    public List<StreamDeclaration> streams() {
        return List.of(
                derived("first", CheckpointStream.ORIGINAL, Execution.STATIC),
                derived("second", "first", Execution.INSTANCE),
                derived("third", "second", Execution.STATIC),
                derived("fourth", "second", Execution.STATIC),
                derived("fifth", "second", Execution.INSTANCE),
                derived("sixth", "second", Execution.INSTANCE));
    }

    private static StreamDeclaration derived(String name, String from, Execution execution) {
        return StreamDeclaration.derived(
                name,
                from,
                execution,
                "ChainModule#" + name,
                StreamPolicy.builder().saveTopK(-1).build());
    }

    @Override
    public StateDict transform(String stream, ChainModule module, StateDict weights, TransformContext context)
            throws Exception {
        return module.transforms.getOrDefault(stream, (same, unused) -> same).apply(weights, context);
    }
}
