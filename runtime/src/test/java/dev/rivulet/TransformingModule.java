package dev.rivulet;

import dev.rivulet.annotations.CheckpointStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A linear model whose streams do what a test tells them; otherwise {@code transformed} halves the weights, the other
 * derived streams keep them. All streams keep every checkpoint. Its registry is written by hand.
 */
@CheckpointStream(saveTopK = -1)
class TransformingModule extends PlaneModule {
    final Map<String, Transform> transforms = new HashMap<>();
    final Map<String, Condition> conditions = new HashMap<>();
    final Map<String, Hook> saveHooks = new HashMap<>();
    final Map<String, Hook> loadHooks = new HashMap<>();

    TransformingModule() {
        transforms.put("transformed", (weights, context) -> weights.map((name, weight) -> weight.mul(0.5f)));
    }

    /** What a user's transform may do. */
    interface Transform {
        StateDict apply(StateDict weights, TransformContext context) throws Exception;
    }

    /** What a user's condition may do. */
    interface Condition {
        boolean test(TransformContext context) throws Exception;
    }

    /** What a user's hook may do. */
    interface Hook {
        void accept(Checkpoint checkpoint) throws Exception;
    }

    TransformingModule transform(String stream, Transform transform) {
        transforms.put(stream, transform);
        return this;
    }

    TransformingModule when(String stream, Condition condition) {
        conditions.put(stream, condition);
        return this;
    }

    TransformingModule onSave(String stream, Hook hook) {
        saveHooks.put(stream, hook);
        return this;
    }

    TransformingModule onLoad(String stream, Hook hook) {
        loadHooks.put(stream, hook);
        return this;
    }

    /** Writes into the live parameters, as a careless method of the module might. */
    void spoilWeights() {
        network(List.of())
                .arrays()
                .values()
                .forEach(weight -> weight.stopGradient().addi(1));
    }
}
