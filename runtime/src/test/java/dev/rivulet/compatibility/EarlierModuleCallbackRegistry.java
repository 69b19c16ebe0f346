package dev.rivulet.compatibility;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.StatefulTransform;
import dev.rivulet.transform.TransformContext;
import java.util.List;
import java.util.Map;

/** {@code original} → {@code averaged}, {@code original} → {@code halved}, and entries. */
final class EarlierModuleCallbackRegistry implements CallbackRegistry<EarlierModule> {

    @Override
    public List<StreamDeclaration> streams() {
        StreamPolicy policy = StreamPolicy.builder().build();
        return List.of(
                StreamDeclaration.derived(
                        "averaged", CheckpointStream.ORIGINAL, Execution.INSTANCE, "EarlierModule#average", policy),
                StreamDeclaration.derived(
                        "halved", CheckpointStream.ORIGINAL, Execution.STATIC, "EarlierModule#halve", policy));
    }

    @Override
    public Map<String, StatefulTransform> statefulTransforms(EarlierModule module) {
        return Map.of("EarlierModule#average", module.average);
    }

    @Override
    public StateDict transform(String stream, EarlierModule module, StateDict weights, TransformContext context) {
        return stream.equals("halved") ? EarlierModule.halve(weights) : module.average.apply(weights, context);
    }

    @Override
    public void onSaveCheckpoint(String stream, EarlierModule module, Checkpoint checkpoint) {
        module.describe(checkpoint);
    }

    @Override
    public void onLoadCheckpoint(String stream, EarlierModule module, Checkpoint checkpoint) {
        module.recall(checkpoint);
    }
}
