package dev.rivulet.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.rivulet.annotations.Mode;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.policy.StreamPolicy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Random policies under random runs. {@code -Drivulet.seed=N} repeats a run. */
class ModelCheckpointRandomTest {
    private static final int SEQUENCES = 100_000;
    private static final Set<Difference> ALL = EnumSet.allOf(Difference.class);

    @Test
    void decidesAsTheOracle() {
        everySeed(SEQUENCES, random -> {
            RandomRun run = new RandomRun(random);
            StreamPolicy policy = run.policy();
            Disk disk = new Disk();
            Disk oracleDisk = new Disk();
            PolicyReplay stream = new PolicyReplay("d", ".ckpt", policy, disk, Resumption.NONE);
            LightningOracle oracle = new LightningOracle("d", ".ckpt", policy, oracleDisk, ALL, "", 0, List.of());
            List<TraceEvent> events = run.events();
            compare(policy, events, stream, disk, oracle, oracleDisk);
            List<String> files = List.copyOf(stream.outcome().kept().keySet());
            if (files.isEmpty()) {
                return;
            }
            String source = files.get(random.nextInt(files.size()));
            long step = events.get(events.size() - 1).globalStep();
            Resumption resumption = new Resumption(stream.books(), step, Optional.of(source.substring(2)));
            compare(
                    policy,
                    new RandomRun(random, step).events(),
                    new PolicyReplay("d", ".ckpt", policy, disk, resumption),
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
    void booksAreRightWhateverPlansArePendingOrFail() {
        everySeed(SEQUENCES / 2, random -> {
            RandomRun run = new RandomRun(random);
            StreamPolicy policy = run.policy();
            BackgroundWriter writer = new BackgroundWriter(policy);
            for (TraceEvent event : run.events()) {
                try {
                    PolicyReplay.decide(writer.checkpoint, event).ifPresent(writer.pending::add);
                } catch (MissingMetricException missing) {
                    break;
                }
                while (!writer.pending.isEmpty() && random.nextInt(3) != 0) {
                    writer.settleOne(random);
                    writer.checkInvariants();
                }
            }
            while (!writer.pending.isEmpty()) {
                writer.settleOne(random);
                writer.checkInvariants();
            }
        });
    }

    /** Empty if the monitored metric is missing, which ends the run. */
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

    private static void everySeed(int sequences, Consumer<Random> sequence) {
        long given = Long.getLong("rivulet.seed", 0);
        long first = given == 0 ? new Random().nextLong() : given;
        for (long seed = first; seed < first + (given == 0 ? sequences : 1); seed++) {
            try {
                sequence.accept(new Random(seed));
            } catch (RuntimeException | AssertionError failure) {
                fail("-Drivulet.seed=" + seed, failure);
            }
        }
    }

    /** An assertion whose text is made only when it fails: there are millions. */
    private static void check(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get());
        }
    }

    /** Carries out plans late; some fail. */
    private static final class BackgroundWriter {
        private final StreamPolicy policy;
        private final ModelCheckpoint checkpoint;
        private final Set<String> disk = new HashSet<>();
        private final Deque<SavePlan> pending = new ArrayDeque<>();
        private final List<SavePlan> committed = new ArrayList<>();

        BackgroundWriter(StreamPolicy policy) {
            this.policy = policy;
            this.checkpoint = new ModelCheckpoint("stream", policy, new StreamDirectory() {
                @Override
                public String extension() {
                    return ".ckpt";
                }

                @Override
                public boolean exists(String name) {
                    return disk.contains(name);
                }
            });
        }

        void settleOne(Random random) {
            if (random.nextInt(4) == 0) {
                List<SavePlan> plans = List.copyOf(pending);
                SavePlan unlucky = plans.get(random.nextInt(plans.size()));
                pending.remove(unlucky);
                disk.removeAll(checkpoint.failed(unlucky));
                return;
            }
            SavePlan plan = pending.remove();
            plan.checkpoint().ifPresent(saved -> disk.add(saved.name()));
            plan.last().ifPresent(last -> disk.add(last.name()));
            committed.add(plan);
            disk.removeAll(checkpoint.committed(plan));
        }

        void checkInvariants() {
            StreamBooks books = checkpoint.books();
            check(books.equals(replay(List.of())), () -> "failed plans left traces: " + books);
            check(
                    checkpoint.expectedBooks().equals(replay(pending)),
                    () -> "decisions do not count on " + pending + ": " + checkpoint.expectedBooks());
            Set<String> named = new HashSet<>();
            books.kept().forEach(entry -> named.add(entry.name()));
            check(named.size() == books.kept().size(), () -> "two entries of one name: " + books);
            check(policy.saveTopK() < 0 || named.size() <= policy.saveTopK(), () -> "more than k: " + books);
            books.last().ifPresent(last -> named.add(last.name()));
            books.last().flatMap(LastCheckpoint::target).ifPresent(named::add);
            books.rescue().ifPresent(rescue -> named.add(rescue.name()));
            check(disk.containsAll(named), () -> "books " + named + " but disk " + disk);
            check(!pending.isEmpty() || disk.equals(named), () -> "orphans: books " + named + " but disk " + disk);
            check(bestIsBest(books), () -> "best is not the best: " + books);
            SavePlan newest = committed.isEmpty() ? null : committed.get(committed.size() - 1);
            boolean lastIsNewest = newest == null
                    || policy.saveLast() == SaveLast.OFF
                    || books.last()
                            .filter(last -> last.globalStep() == newest.globalStep())
                            .isPresent();
            check(lastIsNewest, () -> "last is not the newest: " + books);
        }

        private boolean bestIsBest(StreamBooks books) {
            if (policy.monitor().isEmpty() || books.kept().isEmpty()) {
                return books.best().isPresent() == !books.kept().isEmpty();
            }
            double best = books.best().orElseThrow().score().orElseThrow();
            return books.kept().stream()
                    .mapToDouble(entry -> entry.score().orElseThrow())
                    .noneMatch(score -> policy.mode() == Mode.MIN ? score < best : score > best);
        }

        /** The books of a stream to which the failed plans never happened, after further plans. */
        StreamBooks replay(Collection<SavePlan> further) {
            Books replay = Books.resumed(policy, StreamBooks.EMPTY, 0);
            committed.forEach(replay::apply);
            further.forEach(replay::apply);
            return replay.snapshot();
        }
    }

    @Test
    void aFixedSeedGivesAFixedRun() {
        assertThat(new RandomRun(new Random(1)).events()).isEqualTo(new RandomRun(new Random(1)).events());
    }
}
