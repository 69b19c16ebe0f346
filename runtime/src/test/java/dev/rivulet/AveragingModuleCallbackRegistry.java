package dev.rivulet;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.StreamDeclaration;
import java.util.List;
import java.util.Map;

/** {@code original} → {@code averaged}. */
final class AveragingModuleCallbackRegistry implements CallbackRegistry<AveragingModule> {

    @Override
    public List<StreamDeclaration> streams() {
        return List.of(StreamDeclaration.derived(
                "averaged",
                CheckpointStream.ORIGINAL,
                Execution.INSTANCE,
                "AveragingModule#average",
                StreamPolicy.builder().build()));
    }

    @Override
    public Map<String, StatefulTransform> statefulTransforms(AveragingModule module) {
        return Map.of("AveragingModule#average", module.average);
    }

    @Override
    public StateDict transform(String stream, AveragingModule module, StateDict weights, TransformContext context) {
        return module.average.apply(weights, context);
    }
}
