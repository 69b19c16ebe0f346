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

/** Carries out plans late, some of which fail, and knows what must hold after each. */
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

    void settleOne(Random random) {
        if (random.nextInt(4) == 0) {
            List<SavePlan> plans = List.copyOf(pending);
            SavePlan unlucky = plans.get(random.nextInt(plans.size()));
            pending.remove(unlucky);
            anyFailed = true;
            delete(checkpoint.failed(unlucky));
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
            check(bytes != null, () -> "best is to name a missing file: " + best);
            disk.put(best.name(), best.linked() || bytes == null ? 0 : bytes);
        });
    }

    private static long size(SavePlan plan) {
        return 1 + plan.globalStep() * 7 % 5;
    }

    private void delete(List<String> retired) {
        check(disk.keySet().containsAll(retired), () -> retired + " are to be deleted, but disk " + disk);
        retired.forEach(disk::remove);
    }

    void checkInvariants() {
        RetentionSnapshot books = checkpoint.books();
        check(books.equals(replay()), () -> "failed plans left traces: " + books);
        check(
                unsized(checkpoint.expectedBooks()).equals(unsized(replayWith(pending))),
                () -> "decisions do not count on " + pending + ": " + checkpoint.expectedBooks());
        checkFiles(books);
        checkNumbers(books);
        checkPointers(books);
        checkBytes(books);
        check(bestIsBest(books), () -> "best is not the best: " + books);
    }

    private void checkFiles(RetentionSnapshot books) {
        Set<String> named = new HashSet<>();
        books.checkpoints().forEach(entry -> named.add(entry.name()));
        books.last().ifPresent(last -> named.add(last.name()));
        books.last().flatMap(LastCheckpoint::target).ifPresent(named::add);
        books.bestPointer().ifPresent(best -> named.add(best.name()));
        books.bestPointer().filter(BestCheckpoint::linked).ifPresent(best -> named.add(best.checkpoint()));
        books.rescue().ifPresent(rescue -> named.add(rescue.name()));
        check(disk.keySet().containsAll(named), () -> "books " + named + " but disk " + disk);
        check(!pending.isEmpty() || disk.keySet().equals(named), () -> "orphans: books " + named + " but disk " + disk);
    }

    private void checkNumbers(RetentionSnapshot books) {
        Set<String> kept = new HashSet<>();
        books.kept().forEach(entry -> kept.add(entry.name()));
        check(kept.size() == books.kept().size(), () -> "two entries of one name: " + books);
        check(policy.saveTopK() < 0 || kept.size() <= policy.saveTopK(), () -> "more than k: " + books);
        check(books.newest().size() <= policy.keepLast(), () -> "more than the newest n: " + books);
        if (policy.maxTotalBytes() == 0) {
            Set<String> newest = new HashSet<>();
            books.newest().forEach(entry -> newest.add(entry.name()));
            check(newest.equals(newestCommitted()), () -> "not the newest n: " + books + " after " + committed);
        }
        List<String> everyNth = committed.stream()
                .filter(SavePlan::keptForEver)
                .map(plan -> plan.checkpoint().orElseThrow().name())
                .toList();
        check(
                books.keptForEver().stream().map(KeptCheckpoint::name).toList().equals(everyNth),
                () -> "kept for ever: " + books + " but committed " + everyNth);
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

    private void checkPointers(RetentionSnapshot books) {
        SavePlan newest = committed.isEmpty() ? null : committed.get(committed.size() - 1);
        boolean lastIsNewest = newest == null
                || policy.saveLast() == SaveLast.OFF
                || books.last()
                        .filter(last -> last.globalStep() == newest.globalStep())
                        .isPresent();
        check(lastIsNewest, () -> "last is not the newest: " + books);
        // After a failed write best may lag behind until the next save.
        if (policy.saveBest() != SaveBest.OFF && !anyFailed) {
            check(
                    books.ranking()
                            .best()
                            .equals(books.bestPointer()
                                    .flatMap(pointer -> books.kept().stream()
                                            .filter(pointer::is)
                                            .findFirst())),
                    () -> "best does not name the best: " + books);
        }
    }

    private void checkBytes(RetentionSnapshot books) {
        if (policy.maxTotalBytes() == 0 || committed.isEmpty()) {
            return;
        }
        Set<String> spared = new HashSet<>();
        books.ranking().best().ifPresent(best -> spared.add(best.name()));
        books.keptForEver().forEach(entry -> spared.add(entry.name()));
        books.last().flatMap(LastCheckpoint::target).ifPresent(spared::add);
        books.bestPointer().filter(BestCheckpoint::linked).ifPresent(best -> spared.add(best.checkpoint()));
        committed.get(committed.size() - 1).checkpoint().ifPresent(newest -> spared.add(newest.name()));
        Set<String> files = new HashSet<>();
        books.checkpoints().forEach(entry -> files.add(entry.name()));
        boolean onlySpared = spared.containsAll(files);
        books.last().ifPresent(last -> files.add(last.name()));
        books.bestPointer().ifPresent(best -> files.add(best.name()));
        books.rescue().ifPresent(rescue -> files.add(rescue.name()));
        long total =
                files.stream().mapToLong(name -> disk.getOrDefault(name, 0L)).sum();
        check(onlySpared || total <= policy.maxTotalBytes(), () -> total + " bytes: " + books + " on " + disk);
    }

    private boolean bestIsBest(RetentionSnapshot books) {
        if (policy.monitor().isEmpty() || books.kept().isEmpty()) {
            return books.ranking().best().isPresent() == !books.kept().isEmpty();
        }
        double best = books.ranking().best().orElseThrow().score().orElseThrow();
        return books.checkpoints().stream()
                .filter(entry -> policy.saveTopK() != 0 && entry.score().isPresent())
                .mapToDouble(entry -> entry.score().orElseThrow())
                .noneMatch(score -> policy.mode() == Mode.MIN ? score < best : score > best);
    }

    /** The books of a stream to which the failed plans never happened. */
    private RetentionSnapshot replay() {
        return replayed().snapshot();
    }

    private RetentionSnapshot replayWith(Collection<SavePlan> further) {
        RetentionState books = replayed();
        further.forEach(plan -> books.apply(plan, 0));
        return books.snapshot();
    }

    private RetentionState replayed() {
        RetentionState replay = RetentionState.resumed(policy, RetentionSnapshot.EMPTY, 0);
        for (SavePlan plan : committed) {
            replay.apply(plan, size(plan));
            if (policy.maxTotalBytes() > 0) {
                replay.fit(
                        policy.maxTotalBytes(),
                        plan.checkpoint().map(KeptCheckpoint::name).map(Set::of).orElse(Set.of()));
            }
        }
        return replay;
    }

    /** Sizes are known of committed files only, and decisions do without. */
    private static RetentionSnapshot unsized(RetentionSnapshot books) {
        return new RetentionSnapshot(
                new RetentionSnapshot.Retained(
                        unsized(books.kept()), unsized(books.newest()), unsized(books.keptForEver())),
                new RetentionSnapshot.Ranking(
                        unsized(books.ranking().best()),
                        unsized(books.ranking().kthBest()),
                        books.ranking().currentScore()),
                new RetentionSnapshot.Pointers(
                        books.last().map(last -> last.withBytes(0)),
                        books.bestPointer().map(best -> best.withBytes(0))),
                unsized(books.rescue()),
                books.saves());
    }

    private static List<KeptCheckpoint> unsized(List<KeptCheckpoint> checkpoints) {
        return checkpoints.stream().map(entry -> entry.withBytes(0)).toList();
    }

    private static Optional<KeptCheckpoint> unsized(Optional<KeptCheckpoint> checkpoint) {
        return checkpoint.map(entry -> entry.withBytes(0));
    }
}
