package dev.rivulet.benchmarks;

import dev.rivulet.registry.CallbackRegistry;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import java.util.List;

/** A hand-written registry for {@link DispatchModule}, for comparison with the generated one. */
final class HandWrittenRegistry implements CallbackRegistry<DispatchModule> {

    @Override
    public List<StreamDeclaration> streams() {
        throw new UnsupportedOperationException("The benchmark calls transforms only.");
    }

    @Override
    public StateDict transform(String stream, DispatchModule module, StateDict weights, TransformContext context) {
        if (stream.equals("first")) {
            return DispatchModule.first(weights);
        }
        if (stream.equals("second")) {
            return DispatchModule.second(weights);
        }
        if (stream.equals("third")) {
            return DispatchModule.third(weights);
        }
        throw new IllegalArgumentException(stream);
    }
}
