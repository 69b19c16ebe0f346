package dev.rivulet;

import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.StreamDeclaration;
import java.util.List;

/** What the processor would write for {@link EngineArraysTest.Averaging}. */
final class EngineArraysTest_AveragingCallbackRegistry implements CallbackRegistry<EngineArraysTest.Averaging> {

    @Override
    public List<StreamDeclaration> streams() {
        return List.of(StreamDeclaration.derived(
                "averaged",
                "original",
                Execution.INSTANCE,
                "EngineArraysTest.Averaging#average",
                StreamPolicy.builder().build()));
    }

    @Override
    public List<StatefulTransform> statefulTransforms(EngineArraysTest.Averaging module) {
        return List.of(module.average);
    }

    @Override
    public StateDict transform(
            String stream, EngineArraysTest.Averaging module, StateDict weights, TransformContext context)
            throws Exception {
        return module.average.apply(weights, context);
    }
}
