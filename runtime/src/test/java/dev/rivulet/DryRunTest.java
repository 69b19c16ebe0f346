package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rivulet.annotations.OnFailure;
import dev.rivulet.checkpoint.Checkpoint;
import dev.rivulet.checkpoint.FitException;
import dev.rivulet.checkpoint.MissingMetricException;
import dev.rivulet.checkpoint.Phase;
import dev.rivulet.fixture.ConfigurableModule;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.PlaneModule;
import dev.rivulet.fixture.TransformingModule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A dry run makes the checkpoints of all streams, finds what is wrong with them, and writes nothing. */
class DryRunTest extends FitTestCase {
    private final ConfigurableModule module = new TransformingModule();

    @AfterEach
    void nothingIsWritten() {
        module.close();
        assertThat(directory).isEmptyDirectory();
    }

    @Override
    protected Trainer.Builder trainer() {
        return super.trainer().fastDevRun(true);
    }

    @Test
    void callsWhatASaveCalls() {
        List<String> called = new ArrayList<>();
        for (String stream : List.of("transformed", "averaged", "half", "tail", "pruned")) {
            module.transform(stream, (weights, context) -> {
                assertThat(context.phase()).isEqualTo(Phase.TRAINING);
                assertThat(context.globalStep()).isEqualTo(1);
                called.add("transform " + stream);
                return weights;
            });
            module.when(stream, context -> called.add("condition " + stream));
            module.onSave(stream, checkpoint -> called.add("hook " + stream));
        }

        fit(module);

        assertThat(called)
                .contains("transform half", "condition tail", "hook pruned")
                .hasSize(5 * 4)
                .as("a transform is called twice")
                .containsSequence("transform averaged", "transform averaged");
    }

    @ParameterizedTest
    @ValueSource(strings = {"transformed", "averaged", "half", "tail", "pruned"})
    void findsATransformThatThrows(String stream) {
        module.transform(stream, (weights, context) -> {
            throw new IllegalArgumentException("bad layer");
        });

        assertFails(stream, "bad layer");
    }

    @Test
    void findsATransformThatIsNotDeterministic() {
        AtomicInteger calls = new AtomicInteger();
        module.transform("averaged", (weights, context) -> weights.map((n, w) -> w.mul(calls.incrementAndGet())));

        assertFails("averaged", "two different tensors");
    }

    @Test
    void findsATransformThatChangesTheShapes() {
        module.transform("transformed", (weights, context) -> weights.map((n, w) -> w.expandDims(0)));

        assertFails("transformed", "changed the shape");
    }

    @Test
    void findsAConditionThatThrows() {
        module.when("tail", context -> {
            throw new IllegalArgumentException("bad condition");
        });

        assertFails("tail", "bad condition");
    }

    @Test
    void findsAHookThatThrows() {
        module.onSave("original", checkpoint -> {
            throw new IllegalArgumentException("bad hook");
        });

        assertFails("original", "bad hook");
    }

    @Test
    void findsAnEntryThatNoFileCanHold() {
        module.onSave("original", checkpoint -> put(checkpoint, new Object()));

        assertFails("original", "entry");
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // As Kotlin or a cast may do.
    private static void put(Checkpoint checkpoint, Object value) {
        checkpoint.put("entry", value);
    }

    @Test
    void findsEveryStreamThatFails() {
        for (String stream : List.of("transformed", "pruned")) {
            module.transform(stream, (weights, context) -> {
                throw new IllegalArgumentException("bad " + stream);
            });
        }

        assertThatThrownBy(() -> fit(module))
                .hasMessageContaining("bad transformed")
                .satisfies(failure -> assertThat(failure.getSuppressed())
                        .singleElement()
                        .extracting(Throwable::getMessage)
                        .asString()
                        .contains("bad pruned"));
    }

    @Test
    void findsAMonitorThatIsNotLogged() {
        Trainer trainer = trainer().stream(
                        "original", policy -> policy.monitor("val_los").everyNTrainSteps(1_000))
                .build();

        assertThatThrownBy(() -> trainer.fit(module, points, points))
                .isExactlyInstanceOf(MissingMetricException.class)
                .hasMessageContainingAll("\"original\" monitors \"val_los\"", "did you mean \"val_loss\"?");
    }

    @Test
    void findsAMonitorThatOnlyAValidationWouldLog() {
        Trainer trainer = trainer().stream(
                        "original", policy -> policy.monitor("val_loss").onFailure(OnFailure.CONTINUE))
                .build();

        assertThatThrownBy(() -> trainer.fit(module, points))
                .isExactlyInstanceOf(MissingMetricException.class)
                .hasMessageContaining("no validation runs");
    }

    @Test
    void findsANameThatNoFileCanHave() {
        Trainer trainer = trainer().stream("original", policy -> policy.filename("n".repeat(300)))
                .build();

        assertThatThrownBy(() -> trainer.fit(module, points, points))
                .isInstanceOf(FitException.class)
                .hasMessageContainingAll("\"original\"", "shorter filename");
    }

    @Test
    void skipsStreamsWhoseConditionRefusesTheSave() {
        module.when("averaged", context -> false);
        module.transform("averaged", (weights, context) -> weights);
        AtomicInteger hooks = new AtomicInteger();
        module.onSave("averaged", checkpoint -> hooks.incrementAndGet());

        fit(module);

        assertThat(hooks).hasValue(0);
    }

    @Test
    void findsNothingInStreamsThatNeverSave() {
        module.transform("pruned", (weights, context) -> {
            throw new IllegalArgumentException("not called");
        });
        Trainer trainer =
                trainer().stream("pruned", policy -> policy.saveTopK(0)).build();

        assertThatCode(() -> trainer.fit(module, points, points)).doesNotThrowAnyException();
    }

    @Test
    void restoresWeightsThatATransformChanges() {
        module.transform("averaged", (weights, context) -> {
            module.corruptWeights();
            return weights;
        });

        assertFails("averaged", "have been restored");
    }

    @Test
    void makesNoCheckpointsIfTheyAreDisabled() {
        module.transform("averaged", (weights, context) -> {
            throw new IllegalArgumentException("not called");
        });
        Trainer trainer = trainer().enableCheckpointing(false).build();

        assertThatCode(() -> trainer.fit(module, points, points)).doesNotThrowAnyException();
    }

    @Test
    void aModuleIsTrainedAfterwards() {
        try (PlaneModule plane = new PlaneModule()) {
            fit(plane);

            FitResult result =
                    super.trainer().enableCheckpointing(false).build().fit(plane, points);

            assertThat(result.globalStep()).isEqualTo(8);
            assertThat(result.streams()).isEqualTo(Map.of());
        }
    }

    private void assertFails(String stream, String reason) {
        assertThatThrownBy(() -> fit(module))
                .isInstanceOf(FitException.class)
                .hasMessageContainingAll("dry run", "\"" + stream + "\"", "step 1", reason);
    }
}
