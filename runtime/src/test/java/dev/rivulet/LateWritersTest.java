package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import dev.rivulet.fixture.ConfigurableModule.Transform;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.LateWriters;
import dev.rivulet.fixture.TransformingModule;
import dev.rivulet.fixture.Weights;
import dev.rivulet.fixture.WeightsRecorder;
import dev.rivulet.seed.Seed;
import dev.rivulet.transform.StateDict;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * User code that lets other threads write into everything that it is given and returns, at random moments: the other
 * streams are saved as they were at the step boundary, and no failure is theirs. A campaign of 10,000 saves is
 * {@code -Drivulet.scale=40}.
 */
@Tag("slow")
class LateWritersTest extends FitTestCase {
    private static final int SAVES = 250;
    private static final List<String> INNOCENT = List.of("original", "averaged", "tail", "pruned");

    @Test
    void harmNoOtherStream() {
        for (int run = 0; run < Seed.SCALE; run++) {
            try (LateWriters writers = new LateWriters(Seed.VALUE + run);
                    TransformingModule module = new TransformingModule()) {
                Transform careless = (weights, context) -> {
                    writers.begin();
                    writers.escape(weights);
                    writers.escape(context.manager());
                    StateDict result = weights.map((name, weight) -> weight.mul(0.5f));
                    writers.escape(result);
                    return result;
                };
                module.transform("transformed", careless)
                        .transform("half", careless)
                        .when("transformed", context -> {
                            writers.begin();
                            writers.escape(context.manager().ones(new Shape(8)));
                            writers.escape(context.manager());
                            return true;
                        })
                        .onSave("half", writers::escape);
                check(run, module);
                assertThat(writers.writes()).isGreaterThan(SAVES);
            }
        }
    }

    private void check(int run, TransformingModule module) {
        WeightsRecorder recorder = new WeightsRecorder();
        Trainer.Builder trainer = Trainer.builder()
                .maxSteps(SAVES)
                .seed(run)
                .defaultRootDir(directory.resolve("run" + run))
                .callbacks(recorder);
        for (String stream : List.of("original", "transformed", "averaged", "half", "tail", "pruned")) {
            trainer.stream(stream, policy -> policy.everyNTrainSteps(1));
        }

        FitResult result = trainer.build().fit(module, points);

        assertThat(recorder.changedSteps()).as(Seed.hint()).isEmpty();
        for (String stream : INNOCENT) {
            assertThat(result.stream(stream).failures()).as(Seed.hint()).isEmpty();
            assertThat(result.stream(stream).kept())
                    .as(Seed.hint())
                    .hasSize(SAVES)
                    .allSatisfy(
                            saved -> assertThat(Weights.in(saved.path())).isEqualTo(recorder.at(saved.globalStep())));
        }
    }
}
