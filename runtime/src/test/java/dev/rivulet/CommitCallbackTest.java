package dev.rivulet;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.training.dataset.Batch;
import dev.rivulet.checkpoint.CommittedCheckpoint;
import dev.rivulet.fixture.FitTestCase;
import dev.rivulet.fixture.TransformingModule;
import dev.rivulet.internal.store.CheckpointDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A committed checkpoint is there while callbacks are notified of it, however far the writer is. */
@Timeout(120) // Only a deadlock takes that long.
class CommitCallbackTest extends FitTestCase {
    private final CountDownLatch firstMayBeWritten = new CountDownLatch(1);
    private final CountDownLatch thirdIsPublished = new CountDownLatch(1);

    /** Looks for each file before and after the writer has superseded it. */
    private final class Uploader implements Callback {
        final List<Long> steps = new ArrayList<>();

        @Override
        public void onTrainBatchStart(Trainer trainer, LightningModule module, Batch batch, int index) {
            if (trainer.globalStep() == 4) {
                firstMayBeWritten.countDown();
            }
        }

        @Override
        public void onCheckpointCommitted(Trainer trainer, LightningModule module, CommittedCheckpoint saved)
                throws InterruptedException {
            assertThat(saved.path()).exists();
            thirdIsPublished.await();
            assertThat(saved.path()).exists();
            if (saved.checkpoint().stream().equals("transformed")) {
                steps.add(saved.checkpoint().globalStep());
            }
        }
    }

    @Test
    void filesStayUntilTheCallbackHasReturned() {
        Uploader uploader = new Uploader();
        try (TransformingModule module = new TransformingModule()) {
            module.transform("transformed", (weights, context) -> {
                if (context.globalStep() == 1) {
                    firstMayBeWritten.await();
                } else if (context.globalStep() == 4) {
                    thirdIsPublished.countDown();
                }
                return weights;
            });
            Trainer.Builder trainer = trainer().maxPendingSaves(5).callbacks(uploader);
            for (String stream : List.of("original", "transformed")) {
                trainer.stream(
                        stream,
                        policy ->
                                policy.filename(stream + "-{step}").saveTopK(1).everyNTrainSteps(1));
            }
            trainer.build().fit(module, points);
        }
        assertThat(uploader.steps).containsExactlyElementsOf(steps(1, 8));
        assertThat(files())
                .filteredOn(name -> name.startsWith("original") || name.startsWith("transformed"))
                .containsExactly("original-step=8.ckpt", "transformed-step=8.safetensors");
    }

    /** The copy of the directory is what a kill leaves: files are held, and the newest group has none of their stream. */
    @Test
    void filesThatWereHeldAtAKillAreDeletedAtTheNextStart() throws IOException {
        Path copy = directory.resolve("copy");
        try (TransformingModule module = new TransformingModule()) {
            module.when("transformed", context -> context.globalStep() <= 2);
            module.transform("pruned", (weights, context) -> {
                if (context.globalStep() == 1) {
                    firstMayBeWritten.await();
                } else if (context.globalStep() == 4) {
                    copyTo(copy);
                    thirdIsPublished.countDown();
                }
                return weights;
            });
            Trainer.Builder trainer = trainer().maxPendingSaves(5).callbacks(new Uploader());
            for (String stream : List.of("original", "transformed", "pruned")) {
                trainer.stream(
                        stream,
                        policy ->
                                policy.filename(stream + "-{step}").saveTopK(1).everyNTrainSteps(1));
            }
            trainer.build().fit(module, points);
        }
        assertThat(copy.resolve("transformed-step=1.safetensors")).exists();

        CheckpointDirectory.open(copy).close();

        assertThat(copy.resolve("transformed-step=1.safetensors")).doesNotExist();
        assertThat(copy.resolve("transformed-step=2.safetensors")).exists();
    }

    private void copyTo(Path copy) throws IOException {
        try (Stream<Path> files = Files.walk(checkpoints())) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(checkpoints().relativize(file)), LinkOption.NOFOLLOW_LINKS);
            }
        }
    }
}
