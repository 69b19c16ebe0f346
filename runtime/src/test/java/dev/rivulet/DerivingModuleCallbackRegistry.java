package dev.rivulet;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.Execution;
import dev.rivulet.registry.StreamDeclaration;
import java.util.List;

/** {@code original} → {@code halved} → {@code rounded}, and {@code original} → {@code seen} → {@code tail}. */
final class DerivingModuleCallbackRegistry implements CallbackRegistry<DerivingModule> {
    private static final StreamPolicy KEEP_ALL =
            StreamPolicy.builder().saveTopK(-1).build();

    @Override
    public List<StreamDeclaration> streams() {
        return List.of(
                StreamDeclaration.untransformed(CheckpointStream.ORIGINAL, KEEP_ALL),
                derived("halved", CheckpointStream.ORIGINAL, Execution.STATIC),
                derived("rounded", "halved", Execution.STATIC),
                derived("seen", CheckpointStream.ORIGINAL, Execution.INSTANCE),
                derived("tail", "seen", Execution.STATIC));
    }

    private static StreamDeclaration derived(String name, String from, Execution execution) {
        return StreamDeclaration.derived(name, from, execution, "DerivingModule#" + name, KEEP_ALL);
    }

    @Override
    public StateDict transform(String stream, DerivingModule module, StateDict weights, TransformContext context) {
        return switch (stream) {
            case "halved" -> DerivingModule.halved(weights, context);
            case "seen" -> module.seen(weights);
            default -> DerivingModule.rounded(weights);
        };
    }
}
