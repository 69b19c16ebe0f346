package dev.rivulet.internal.retention;

import static dev.rivulet.internal.retention.RandomSequences.check;
import static dev.rivulet.internal.retention.RandomSequences.everySeed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rivulet.checkpoint.MissingMetricException;
import dev.rivulet.policy.StreamPolicy;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random policies in random runs. */
@Tag("slow")
class ModelCheckpointRandomTest {
    private static final int SEQUENCES = 100_000;
    private static final Set<Difference> ALL = EnumSet.allOf(Difference.class);

    @Test
    void decidesLikeTheOracle() {
        everySeed(SEQUENCES, random -> {
            RandomRun run = new RandomRun(random);
            StreamPolicy policy = run.policy();
            Disk disk = new Disk();
            Disk oracleDisk = new Disk();
            PolicyReplay stream = new PolicyReplay("d", ".ckpt", policy, disk, RetentionSnapshot.Restored.NOTHING);
            LightningOracle oracle = new LightningOracle("d", ".ckpt", policy, oracleDisk, ALL, "", 0, List.of());
            List<TraceEvent> events = run.events();
            compare(policy, events, stream, disk, oracle, oracleDisk);
            List<String> files = List.copyOf(stream.outcome().kept().keySet());
            if (files.isEmpty()) {
                return;
            }
            String source = files.get(random.nextInt(files.size()));
            long step = events.get(events.size() - 1).globalStep();
            RetentionSnapshot.Restored restored =
                    new RetentionSnapshot.Restored(stream.retained(), step, Optional.of(source.substring(2)));
            compare(
                    policy,
                    new RandomRun(random, step).events(),
                    new PolicyReplay("d", ".ckpt", policy, disk, restored),
                    disk,
                    new LightningOracle("d", ".ckpt", policy, oracleDisk, ALL, source, step, List.of(oracle)),
                    oracleDisk);
        });
    }

    private static void compare(
            StreamPolicy policy,
            List<TraceEvent> events,
            PolicyReplay stream,
            Disk disk,
            LightningOracle oracle,
            Disk oracleDisk) {
        for (TraceEvent event : events) {
            Optional<List<Action>> actual = attempt(stream, disk, event);
            Optional<List<Action>> expected = attempt(oracle, oracleDisk, event);
            check(
                    actual.equals(expected),
                    () -> policy + "\n" + event + "\nexpected " + expected + "\n  actual " + actual);
        }
        Outcome outcome = stream.outcome();
        check(
                outcome.equals(oracle.outcome()),
                () -> policy + "\nexpected " + oracle.outcome() + "\n  actual " + outcome);
        check(
                disk.listing().equals(oracleDisk.listing()),
                () -> policy + "\nexpected " + oracleDisk.listing() + "\n  actual " + disk.listing());
    }

    @Test
    void retentionStateIsConsistentWithPendingAndFailedPlans() {
        everySeed(SEQUENCES / 2, random -> {
            RandomRun run = new RandomRun(random);
            BackgroundWriter writer = new BackgroundWriter(random.nextBoolean() ? run.policy() : run.retention());
            for (TraceEvent event : run.events()) {
                try {
                    writer.decide(event);
                } catch (MissingMetricException missing) {
                    break;
                }
                while (!writer.isIdle() && random.nextInt(3) != 0) {
                    writer.completeOne(random);
                    writer.checkInvariants();
                }
            }
            while (!writer.isIdle()) {
                writer.completeOne(random);
                writer.checkInvariants();
            }
        });
    }

    /** Calls a hook; empty if the monitored metric is missing, which ends the run. */
    private static Optional<List<Action>> attempt(StreamReplay stream, Disk disk, TraceEvent event) {
        try {
            List<Action> actions = new ArrayList<>(disk.perform(stream.hook(event), event));
            actions.sort((a, b) -> a.kind() == b.kind() && a.kind() == Action.Kind.REMOVE
                    ? a.file().compareTo(b.file())
                    : Boolean.compare(a.kind() == Action.Kind.REMOVE, b.kind() == Action.Kind.REMOVE));
            return Optional.of(actions);
        } catch (IllegalStateException missing) {
            return Optional.empty();
        }
    }

    @Test
    void keepsWhatTheOracleKeeps() {
        everySeed(SEQUENCES / 2, random -> {
            RandomRun run = new RandomRun(random);
            StreamPolicy policy = run.retention();
            RetentionOracle oracle = new RetentionOracle(policy);
            Map<String, Long> disk = new TreeMap<>();
            ModelCheckpoint stream = new ModelCheckpoint("stream", policy, RetentionOracle.directory(disk));
            for (TraceEvent event : run.events()) {
                boolean missing = !oracle.hook(event);
                try {
                    PolicyReplay.decide(stream, event).ifPresent(plan -> RetentionOracle.carryOut(plan, stream, disk));
                    check(!missing, () -> policy + "\n" + event + "\nthe metric is missing");
                } catch (MissingMetricException expected) {
                    check(missing, () -> policy + "\n" + event + "\nthe metric is not missing");
                    return;
                }
                check(
                        disk.equals(oracle.disk()),
                        () -> policy + "\n" + event + "\nexpected " + oracle.disk() + "\n  actual " + disk);
            }
        });
    }

    @Test
    void generatesTheSameRunFromTheSameSeed() {
        assertThat(new RandomRun(new Random(1)).events()).isEqualTo(new RandomRun(new Random(1)).events());
    }
}
