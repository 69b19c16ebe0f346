package dev.rivulet;

import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.StatefulTransform;
import dev.rivulet.transform.TransformContext;
import java.util.List;
import java.util.Map;

/** The registry that the processor would generate for {@link EngineArraysTest.Averaging}. */
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
    public Map<String, StatefulTransform> statefulTransforms(EngineArraysTest.Averaging module) {
        return Map.of("Averaging#average", module.average);
    }

    @Override
    public StateDict transform(
            String stream, EngineArraysTest.Averaging module, StateDict weights, TransformContext context)
            throws Exception {
        return module.average.apply(weights, context);
    }
}
