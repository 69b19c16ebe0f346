package dev.rivulet.testing;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.rivulet.annotations.OnLoadCheckpoint;
import dev.rivulet.annotations.OnSaveCheckpoint;
import dev.rivulet.annotations.TransformWhen;
import dev.rivulet.annotations.WeightTransform;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.Phase;
import dev.rivulet.tensor.Dtype;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A user's unit test of transforms, conditions and hooks: uses only the public API, and no trainer. */
class UserUnitTest {
    private final NDManager manager = NDManager.newBaseManager();
    private final StateDict weights =
            StateDict.of(Map.of("layer.weight", manager.create(new float[] {1, 2, -4})), manager);

    @AfterEach
    void close() {
        manager.close();
    }

    /** A user's class; the annotation processor does not run on it. */
    private static final class Scaling {
        private final float scale;
        private List<String> classNames = List.of("zero", "one");

        Scaling(float scale) {
            this.scale = scale;
        }

        @WeightTransform("halved")
        static StateDict halve(StateDict weights) {
            return weights.map((name, weight) -> weight.mul(0.5f));
        }

        @WeightTransform("scaled")
        StateDict scale(StateDict weights, TransformContext context) {
            context.putMetadata("scaled_at", context.stream() + " " + context.epoch());
            context.putTensor("scale", context.manager().create(scale));
            return weights.map((name, weight) -> weight.mul(scale)).to(Dtype.F16);
        }

        @TransformWhen("scaled")
        boolean isGood(TransformContext context) {
            return context.phase() == Phase.VALIDATION
                    && context.metric("val_loss").orElse(1) < 0.5;
        }

        @OnSaveCheckpoint
        void describe(Checkpoint checkpoint) {
            checkpoint.put("class_names", classNames);
            checkpoint.put("file", checkpoint.stream() + "@" + checkpoint.globalStep());
        }

        @OnLoadCheckpoint
        void read(Checkpoint checkpoint) {
            List<?> saved = checkpoint.get("class_names", List.class);
            classNames = saved.stream().map(String::valueOf).toList();
        }
    }

    @Test
    void aStaticTransformIsAFunctionOfStateDicts() {
        StateDict halved = Scaling.halve(weights);

        assertThat(halved.get("layer.weight").toFloatArray()).containsExactly(0.5f, 1, -2);
        assertThat(weights.get("layer.weight").toFloatArray()).containsExactly(1, 2, -4);
    }

    @Test
    void anInstanceTransformTakesAContextAndAddsToIt() {
        TransformContext context =
                TransformContext.builder("scaled", manager).epoch(3).build();

        StateDict scaled = new Scaling(0.25f).scale(weights, context);

        assertThat(scaled.tensor("layer.weight").dtype()).isEqualTo(Dtype.F16);
        assertThat(scaled.to(Dtype.F32).get("layer.weight").toFloatArray()).containsExactly(0.25f, 0.5f, -1);
        assertThat(context.metadata()).containsExactly(Map.entry("scaled_at", "scaled 3"));
        assertThat(requireNonNull(context.tensors().get("scale")).getFloat()).isEqualTo(0.25f);
    }

    @Test
    void aConditionTakesAContextWithMetrics() {
        TransformContext.Builder builder =
                TransformContext.builder("scaled", manager).phase(Phase.VALIDATION);

        assertThat(new Scaling(0.25f).isGood(builder.build())).isFalse();
        assertThat(new Scaling(0.25f).isGood(builder.metric("val_loss", 0.25).build()))
                .isTrue();
    }

    @Test
    void hooksTakeACheckpoint() {
        Checkpoint checkpoint =
                new CheckpointBuilder("original").globalStep(1200).build();
        new Scaling(0.25f).describe(checkpoint);
        Scaling loaded = new Scaling(0.25f);
        loaded.classNames = List.of();
        loaded.read(checkpoint);

        assertThat(checkpoint.get("file")).isEqualTo("original@1200");
        assertThat(loaded.classNames).containsExactly("zero", "one");
    }

    @Test
    void aContextDefaultsToTheOriginalStream() {
        TransformContext context = TransformContext.builder("averaged", manager).build();

        assertThat(context.source()).isEqualTo("original");
        assertThat(context.phase()).isEqualTo(Phase.TRAINING);
        assertThat(context.metrics()).isEmpty();
        assertThat(context.metric("val_loss")).isEmpty();
    }

    @Test
    void aCheckpointMayBeADerivedOne() {
        Checkpoint checkpoint = new CheckpointBuilder("halved")
                .derivedBy("Scaling#halve", "original")
                .epoch(2)
                .metric("val_loss", 0.25)
                .build();

        assertThat(checkpoint.provenance().derivation().orElseThrow().source()).isEqualTo("original");
        assertThat(checkpoint.metrics()).containsExactly(Map.entry("val_loss", 0.25));
        assertThatThrownBy(() -> checkpoint.get("class_names")).isExactlyInstanceOf(NoSuchElementException.class);
    }

    @Test
    void aStateDictCanBeUsedUntilItsManagerIsClosed() {
        StateDict inner;
        try (NDManager scope = manager.newSubManager()) {
            inner = StateDict.of(Map.of("layer.weight", scope.create(new float[] {1})), scope);
            assertThat(inner.tensor("layer.weight").dtype()).isEqualTo(Dtype.F32);
        }

        assertThatThrownBy(() -> inner.tensor("layer.weight"))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("copy them");
    }

    @Test
    void aStateDictLeavesTheArraysToTheCaller() {
        NDArray array = manager.create(new float[] {1, 2});
        try (NDManager scope = manager.newSubManager()) {
            assertThat(StateDict.of(Map.of("layer.bias", array), scope).digest())
                    .startsWith("crc32c:");
        }

        assertThat(array.toFloatArray()).containsExactly(1, 2);
    }
}
