package dev.rivulet;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.StreamDeclaration;
import java.util.List;

/** {@code original} → {@code halved}. */
final class ScriptedModuleCallbackRegistry implements CallbackRegistry<ScriptedModule> {

    @Override
    public List<StreamDeclaration> streams() {
        return List.of(
                StreamDeclaration.untransformed(
                        CheckpointStream.ORIGINAL, StreamPolicy.builder().build()),
                StreamDeclaration.derived(
                        "halved",
                        CheckpointStream.ORIGINAL,
                        Execution.STATIC,
                        "ScriptedModule#halved",
                        StreamPolicy.builder().build()));
    }

    @Override
    public StateDict transform(String stream, ScriptedModule module, StateDict weights, TransformContext context) {
        return weights.map((name, weight) -> weight.mul(0.5f));
    }
}
