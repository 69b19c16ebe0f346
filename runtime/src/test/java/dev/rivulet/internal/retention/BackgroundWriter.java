package dev.rivulet.internal.retention;

import static dev.rivulet.internal.retention.RandomSequences.check;

import dev.rivulet.annotations.Mode;
import dev.rivulet.annotations.SaveBest;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.policy.StreamPolicy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Carries out plans with a delay, lets some of them fail, and checks the invariants after each. */
final class BackgroundWriter {
    private final StreamPolicy policy;
    private final ModelCheckpoint checkpoint;
    private final Map<String, Long> disk = new HashMap<>();
    private final Deque<SavePlan> pending = new ArrayDeque<>();
    private final List<SavePlan> committed = new ArrayList<>();
    private boolean anyFailed;

    BackgroundWriter(StreamPolicy policy) {
        this.policy = policy;
        this.checkpoint = new ModelCheckpoint("stream", policy, new StreamDirectory() {
            @Override
            public String extension() {
                return ".ckpt";
            }

            @Override
            public boolean exists(String name) {
                return disk.containsKey(name);
            }
        });
    }

    void decide(TraceEvent event) {
        PolicyReplay.decide(checkpoint, event).ifPresent(pending::add);
    }

    boolean isIdle() {
        return pending.isEmpty();
    }

    void completeOne(Random random) {
        if (random.nextInt(4) == 0) {
            List<SavePlan> plans = List.copyOf(pending);
            SavePlan failing = plans.get(random.nextInt(plans.size()));
            pending.remove(failing);
            anyFailed = true;
            delete(checkpoint.failed(failing));
            return;
        }
        SavePlan plan = pending.remove();
        write(plan);
        committed.add(plan);
        delete(checkpoint.committed(plan, size(plan)));
    }

    private void write(SavePlan plan) {
        plan.checkpoint().ifPresent(saved -> disk.put(saved.name(), size(plan)));
        plan.last().ifPresent(last -> disk.put(last.name(), last.target().isPresent() ? 0 : size(plan)));
        plan.best().ifPresent(best -> {
            Long bytes = disk.get(best.checkpoint());
            check(bytes != null, () -> "best would name a missing file: " + best);
            disk.put(best.name(), best.linked() || bytes == null ? 0 : bytes);
        });
    }

    private static long size(SavePlan plan) {
        return 1 + plan.globalStep() * 7 % 5;
    }

    private void delete(List<String> superseded) {
        check(disk.keySet().containsAll(superseded), () -> superseded + " should be deleted, but disk holds " + disk);
        superseded.forEach(disk::remove);
    }

    void checkInvariants() {
        RetentionSnapshot retained = checkpoint.retained();
        check(retained.equals(replay()), () -> "failed plans have changed the retention state: " + retained);
        check(
                unsized(checkpoint.expectedRetention()).equals(unsized(replayWith(pending))),
                () -> "decisions ignore the pending plans " + pending + ": " + checkpoint.expectedRetention());
        checkFiles(retained);
        checkNumbers(retained);
        checkPointers(retained);
        checkBytes(retained);
        check(bestIsBest(retained), () -> "best is not the best: " + retained);
    }

    private void checkFiles(RetentionSnapshot retained) {
        Set<String> named = new HashSet<>();
        retained.checkpoints().forEach(entry -> named.add(entry.name()));
        retained.last().ifPresent(last -> named.add(last.name()));
        retained.last().flatMap(LastCheckpoint::target).ifPresent(named::add);
        retained.bestPointer().ifPresent(best -> named.add(best.name()));
        retained.bestPointer().filter(BestCheckpoint::linked).ifPresent(best -> named.add(best.checkpoint()));
        retained.onException().ifPresent(checkpoint -> named.add(checkpoint.name()));
        check(disk.keySet().containsAll(named), () -> "retained " + named + " but disk " + disk);
        check(
                !pending.isEmpty() || disk.keySet().equals(named),
                () -> "orphans: retained " + named + " but disk " + disk);
    }

    private void checkNumbers(RetentionSnapshot retained) {
        Set<String> kept = new HashSet<>();
        retained.topK().forEach(entry -> kept.add(entry.name()));
        check(kept.size() == retained.topK().size(), () -> "two entries with the same name: " + retained);
        check(policy.saveTopK() < 0 || kept.size() <= policy.saveTopK(), () -> "more than k: " + retained);
        check(retained.newest().size() <= policy.keepLast(), () -> "more than the newest n: " + retained);
        if (policy.maxTotalBytes() == 0) {
            Set<String> newest = new HashSet<>();
            retained.newest().forEach(entry -> newest.add(entry.name()));
            check(newest.equals(newestCommitted()), () -> "not the newest n: " + retained + " after " + committed);
        }
        List<String> everyNth = committed.stream()
                .filter(SavePlan::permanent)
                .map(plan -> plan.checkpoint().orElseThrow().name())
                .toList();
        check(
                retained.everyNth().stream().map(KeptCheckpoint::name).toList().equals(everyNth),
                () -> "kept permanently: " + retained + " but committed " + everyNth);
    }

    private Set<String> newestCommitted() {
        Set<String> newest = new LinkedHashSet<>();
        for (int i = committed.size() - 1; i >= 0 && newest.size() < policy.keepLast(); i--) {
            SavePlan plan = committed.get(i);
            if (plan.purpose() == SavePlan.Purpose.REGULAR) {
                plan.checkpoint().ifPresent(saved -> newest.add(saved.name()));
            }
        }
        return newest;
    }

    private void checkPointers(RetentionSnapshot retained) {
        SavePlan newest = committed.isEmpty() ? null : committed.get(committed.size() - 1);
        boolean lastIsNewest = newest == null
                || policy.saveLast() == SaveLast.OFF
                || retained.last()
                        .filter(last -> last.globalStep() == newest.globalStep())
                        .isPresent();
        check(lastIsNewest, () -> "last is not the newest: " + retained);
        // After a failed write, best may lag behind until the next save.
        if (policy.saveBest() != SaveBest.OFF && !anyFailed) {
            check(
                    retained.ranking()
                            .best()
                            .equals(retained.bestPointer()
                                    .flatMap(pointer -> retained.topK().stream()
                                            .filter(pointer::pointsTo)
                                            .findFirst())),
                    () -> "best does not name the best: " + retained);
        }
    }

    private void checkBytes(RetentionSnapshot retained) {
        if (policy.maxTotalBytes() == 0 || committed.isEmpty()) {
            return;
        }
        Set<String> exempt = new HashSet<>();
        retained.ranking().best().ifPresent(best -> exempt.add(best.name()));
        retained.everyNth().forEach(entry -> exempt.add(entry.name()));
        retained.last().flatMap(LastCheckpoint::target).ifPresent(exempt::add);
        retained.bestPointer().filter(BestCheckpoint::linked).ifPresent(best -> exempt.add(best.checkpoint()));
        committed.get(committed.size() - 1).checkpoint().ifPresent(newest -> exempt.add(newest.name()));
        Set<String> files = new HashSet<>();
        retained.checkpoints().forEach(entry -> files.add(entry.name()));
        boolean onlySpared = exempt.containsAll(files);
        retained.last().ifPresent(last -> files.add(last.name()));
        retained.bestPointer().ifPresent(best -> files.add(best.name()));
        retained.onException().ifPresent(checkpoint -> files.add(checkpoint.name()));
        long total =
                files.stream().mapToLong(name -> disk.getOrDefault(name, 0L)).sum();
        check(onlySpared || total <= policy.maxTotalBytes(), () -> total + " bytes: " + retained + " on " + disk);
    }

    private boolean bestIsBest(RetentionSnapshot retained) {
        if (policy.monitor().isEmpty() || retained.topK().isEmpty()) {
            return retained.ranking().best().isPresent() == !retained.topK().isEmpty();
        }
        double best = retained.ranking().best().orElseThrow().score().orElseThrow();
        return retained.checkpoints().stream()
                .filter(entry -> policy.saveTopK() != 0 && entry.score().isPresent())
                .mapToDouble(entry -> entry.score().orElseThrow())
                .noneMatch(score -> policy.mode() == Mode.MIN ? score < best : score > best);
    }

    /** The retention state of a stream in which the failed plans were never made. */
    private RetentionSnapshot replay() {
        return replayed().snapshot();
    }

    private RetentionSnapshot replayWith(Collection<SavePlan> more) {
        RetentionState retained = replayed();
        more.forEach(plan -> retained.apply(plan, 0));
        return retained.snapshot();
    }

    private RetentionState replayed() {
        RetentionState replay = RetentionState.resumed(policy, RetentionSnapshot.EMPTY, 0);
        for (SavePlan plan : committed) {
            replay.apply(plan, size(plan));
            if (policy.maxTotalBytes() > 0) {
                replay.evictToFit(
                        policy.maxTotalBytes(),
                        plan.checkpoint().map(KeptCheckpoint::name).map(Set::of).orElse(Set.of()));
            }
        }
        return replay;
    }

    /** Removes sizes, which are known only for committed files and do not affect decisions. */
    private static RetentionSnapshot unsized(RetentionSnapshot retained) {
        return new RetentionSnapshot(
                new RetentionSnapshot.Kept(
                        unsized(retained.topK()), unsized(retained.newest()), unsized(retained.everyNth())),
                new RetentionSnapshot.Ranking(
                        unsized(retained.ranking().best()),
                        unsized(retained.ranking().kthBest()),
                        retained.ranking().currentScore()),
                new RetentionSnapshot.Pointers(
                        retained.last().map(last -> last.withBytes(0)),
                        retained.bestPointer().map(best -> best.withBytes(0))),
                unsized(retained.onException()),
                retained.saves());
    }

    private static List<KeptCheckpoint> unsized(List<KeptCheckpoint> checkpoints) {
        return checkpoints.stream().map(entry -> entry.withBytes(0)).toList();
    }

    private static Optional<KeptCheckpoint> unsized(Optional<KeptCheckpoint> checkpoint) {
        return checkpoint.map(entry -> entry.withBytes(0));
    }
}
