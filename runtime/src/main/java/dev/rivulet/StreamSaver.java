package dev.rivulet;

import dev.rivulet.annotations.Mode;
import dev.rivulet.policy.StreamPolicy;
import dev.rivulet.registry.StreamDeclaration;
import dev.rivulet.store.CheckpointDirectory;
import dev.rivulet.stream.BestCheckpoint;
import dev.rivulet.stream.KeptCheckpoint;
import dev.rivulet.stream.LastCheckpoint;
import dev.rivulet.stream.ModelCheckpoint;
import dev.rivulet.stream.Resumption;
import dev.rivulet.stream.SavePlan;
import dev.rivulet.stream.StreamDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One stream of a run: its decisions, carried out in its directory. */
final class StreamSaver {
    private static final Logger LOG = LoggerFactory.getLogger(StreamSaver.class);
    private static final String EXTENSION = ".safetensors";

    private final StreamDeclaration declaration;
    private final CheckpointDirectory directory;
    private final FileClaims claims;
    private final String folder;
    private final ModelCheckpoint decisions;
    private final List<StreamFailure> failures = new ArrayList<>();

    StreamSaver(
            StreamDeclaration declaration,
            CheckpointDirectory directory,
            FileClaims claims,
            Predicate<StreamSaver> condition) {
        this.declaration = declaration;
        this.directory = directory;
        this.claims = claims;
        this.folder = declaration.policy().dirpath().map(path -> path + "/").orElse("");
        this.decisions = new ModelCheckpoint(
                declaration.name(), declaration.policy(), new Names(), at -> condition.test(this), Resumption.NONE);
    }

    String name() {
        return declaration.name();
    }

    /** Whether training goes on when a save of this stream fails. */
    boolean isDispensable() {
        boolean derived = declaration.transform().isPresent();
        return !declaration.policy().onFailure().stopsTraining(derived);
    }

    ModelCheckpoint decisions() {
        return decisions;
    }

    void note(StreamFailure failure) {
        failures.add(failure);
    }

    /**
     * Carries out a plan: writes the files, then has the books know of them, then deletes what they displace.
     *
     * @throws Exception if the files are not written; what was there before is untouched then
     */
    CommittedCheckpoint save(SavePlan plan, SaveEvent event, Checkpoint checkpoint) throws Exception {
        if (plan.checkpoint().isPresent()) {
            String name = folder + plan.checkpoint().get().name();
            claims.claim(name, name());
            event.write(checkpoint, directory, name);
        }
        if (plan.last().isPresent()) {
            point(plan.last().get(), plan.checkpoint(), event, checkpoint);
        }
        if (plan.best().isPresent()) {
            BestCheckpoint best = plan.best().get();
            point(best.name(), best.checkpoint(), best.linked());
        }
        Path path = directory.resolve(folder
                + plan.checkpoint()
                        .map(KeptCheckpoint::name)
                        .orElseGet(() -> plan.last().orElseThrow().name()));
        long byteCount = Files.size(path);
        retire(decisions.committed(plan, byteCount));
        if (declaration.policy().verbose()) {
            LOG.info("The stream \"{}\" saved {}, {} bytes.", name(), path, byteCount);
        }
        return new CommittedCheckpoint(path, byteCount, checkpoint);
    }

    /** Gives a plan up that could not be carried out. */
    void giveUp(SavePlan plan) {
        plan.checkpoint()
                .map(KeptCheckpoint::name)
                .filter(name -> !directory.exists(folder + name))
                .ifPresent(name -> claims.release(folder + name));
        retire(decisions.failed(plan));
    }

    /** Deletes files that the books no longer name. One that stays does no harm but to the disk's room. */
    private void retire(List<String> files) {
        for (String file : files) {
            try {
                directory.delete(folder + file);
                claims.release(folder + file);
            } catch (IOException e) {
                LOG.error("The stream \"{}\" could not delete {}, which it no longer keeps.", name(), file, e);
            }
        }
    }

    private void point(LastCheckpoint last, Optional<KeptCheckpoint> newest, SaveEvent event, Checkpoint checkpoint)
            throws Exception {
        if (newest.isPresent()) {
            point(last.name(), newest.get().name(), last.target().isPresent());
        } else {
            claims.claim(folder + last.name(), name());
            event.write(checkpoint, directory, folder + last.name());
        }
    }

    private void point(String pointer, String file, boolean linked) throws IOException {
        claims.claim(folder + pointer, name());
        if (linked) {
            directory.link(folder + file, folder + pointer);
        } else {
            directory.copy(folder + file, folder + pointer);
        }
    }

    FitResult.StreamResult result() {
        StreamPolicy policy = declaration.policy();
        List<KeptCheckpoint> kept = new ArrayList<>(decisions.books().checkpoints());
        if (policy.monitor().isEmpty()) {
            Collections.reverse(kept);
        } else {
            int sign = policy.mode() == Mode.MIN ? 1 : -1;
            kept.sort(Comparator.comparingDouble(
                    checkpoint -> sign * checkpoint.score().orElse(Double.NaN)));
        }
        return new FitResult.StreamResult(
                name(),
                kept.stream().map(this::saved).toList(),
                decisions.books().last().map(last -> directory.resolve(folder + last.name())),
                decisions.books().bestPointer().map(best -> directory.resolve(folder + best.name())),
                List.copyOf(failures));
    }

    private SavedCheckpoint saved(KeptCheckpoint kept) {
        return new SavedCheckpoint(
                directory.resolve(folder + kept.name()), kept.score(), kept.epoch(), kept.globalStep());
    }

    /** What is taken in the stream's folder. */
    private final class Names implements StreamDirectory {

        @Override
        public String extension() {
            return EXTENSION;
        }

        @Override
        public boolean exists(String name) {
            return directory.exists(folder + name) || claims.isClaimed(folder + name);
        }
    }
}
