package dev.rivulet.internal.save;

import dev.rivulet.internal.retention.BestCheckpoint;
import dev.rivulet.internal.retention.KeptCheckpoint;
import dev.rivulet.internal.retention.LastCheckpoint;
import dev.rivulet.internal.retention.RetentionSnapshot;
import dev.rivulet.internal.retention.SavePlan;
import dev.rivulet.internal.store.Catalog;
import dev.rivulet.internal.store.GroupSet;
import dev.rivulet.internal.store.Manifest;
import dev.rivulet.internal.store.RetainedGroups;
import dev.rivulet.internal.store.StoredCheckpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * Maps what a stream keeps to groups and back, because manifests name groups instead of files: the manifest of a group
 * describes its files permanently. Guarded by the lock of {@link FileOwnership}.
 */
public final class RetentionIndex {
    private final String folder;
    private final Set<Long> depths;
    private final Map<String, Long> groups = new HashMap<>();
    private final Map<Long, KeptCheckpoint> rolledBack = new HashMap<>();
    private Optional<String> source = Optional.empty();
    private RetainedGroups current = RetainedGroups.EMPTY;

    /**
     * The index of a stream that has saved nothing.
     *
     * @param folder the folder of the stream's files, empty or ending with {@code /}
     * @param depths numbers of folders below it in which the stream's templates put files; files at other depths belong
     *     to another directory
     */
    public RetentionIndex(String folder, Set<Long> depths) {
        this.folder = folder;
        this.depths = Set.copyOf(depths);
    }

    RetainedGroups current() {
        return current;
    }

    /** Notes what the stream keeps of what it has adopted. */
    void keep(RetentionSnapshot snapshot) {
        current =
                retained(snapshot, this::known, current.last(), current.best()).withRolledBack(current.rolledBack());
    }

    /** Keeps the file from which training resumes, even if it is rolled back. */
    void keepSource(Optional<String> name) {
        source = name;
    }

    /** Names of the files that a rollback has undone: they are there, but free to be replaced. */
    Collection<String> rolledBack() {
        return obsoleteAt(Long.MAX_VALUE).toList();
    }

    private Stream<String> obsoleteAt(long globalStep) {
        return rolledBack.values().stream()
                .filter(checkpoint -> isObsoleteAt(globalStep, checkpoint))
                .map(KeptCheckpoint::name);
    }

    private boolean isObsoleteAt(long globalStep, KeptCheckpoint checkpoint) {
        return checkpoint.globalStep() <= globalStep
                && !source.filter(checkpoint.name()::equals).isPresent();
    }

    /** Removes the rolled-back files up to a step, which training has passed; returns their names. */
    List<String> pass(long globalStep) {
        List<String> passed = obsoleteAt(globalStep).toList();
        rolledBack.values().removeIf(checkpoint -> passed.contains(checkpoint.name()));
        current = current.withRolledBack(new GroupSet(rolledBack.keySet()));
        return passed;
    }

    /** The rolled-back files that a plan makes obsolete without replacing them. */
    List<String> passed(SavePlan plan) {
        return obsoleteAt(plan.globalStep())
                .filter(name -> !plan.names().contains(name))
                .toList();
    }

    /** What manifests hold once a plan has committed in a group, after which the stream keeps the snapshot. */
    RetainedGroups after(SavePlan plan, RetentionSnapshot snapshot, long group) {
        ToLongFunction<String> groupOf = name ->
                plan.checkpoint().filter(written -> written.name().equals(name)).isPresent() ? group : known(name);
        Optional<RetainedGroups.Pointed> last = plan.last()
                .map(pointer -> pointed(pointer.name(), group, pointer.target().isPresent()));
        Optional<RetainedGroups.Pointed> best = plan.best()
                .map(pointer -> pointed(pointer.name(), groupOf.applyAsLong(pointer.checkpoint()), pointer.linked()));
        return retained(snapshot, groupOf, last.or(current::last), best.or(current::best))
                .withRolledBack(new GroupSet(rolledBack.entrySet().stream()
                        .filter(file -> !isObsoleteAt(plan.globalStep(), file.getValue())
                                && !plan.names().contains(file.getValue().name()))
                        .map(Map.Entry::getKey)
                        .toList()));
    }

    private RetainedGroups.Pointed pointed(String name, long group, boolean linked) {
        return new RetainedGroups.Pointed(folder + name, group, linked);
    }

    /** Makes the result of {@link #after} the current state, now that it is durable. */
    void commit(SavePlan plan, RetentionSnapshot snapshot, RetainedGroups after, long group) {
        plan.checkpoint().ifPresent(checkpoint -> groups.put(checkpoint.name(), group));
        List<String> named = Stream.concat(snapshot.checkpoints().stream(), snapshot.onException().stream())
                .map(KeptCheckpoint::name)
                .toList();
        groups.keySet().retainAll(named);
        rolledBack.keySet().retainAll(after.rolledBack().numbers());
        current = after;
    }

    /**
     * Adopts what another run kept, except for groups whose manifest cannot be read, files in another folder, and files
     * that no longer exist.
     *
     * @param catalog holds the groups
     * @param retained what the other run kept
     * @param exists whether a file exists, by its path
     * @return the same as names of files
     */
    public RetentionSnapshot adopt(Catalog catalog, String stream, RetainedGroups retained, Predicate<String> exists) {
        Rebuilt rebuilt = new Rebuilt(catalog, stream, folder, depths, exists, groups);
        RetentionSnapshot snapshot = new RetentionSnapshot(
                new RetentionSnapshot.Kept(
                        rebuilt.kept(retained.kept().topK()),
                        rebuilt.kept(retained.kept().newest()),
                        rebuilt.kept(retained.kept().everyNth())),
                RetentionSnapshot.Ranking.UNKNOWN,
                new RetentionSnapshot.Pointers(
                        retained.last().flatMap(rebuilt::last), retained.best().flatMap(rebuilt::best)),
                rebuilt.onException(retained.onException()),
                rebuilt.isElsewhere(retained) ? 0 : retained.saves());
        for (long group : retained.rolledBack().numbers()) {
            rebuilt.existing(group).ifPresent(checkpoint -> rolledBack.put(group, checkpoint));
        }
        current = retained(
                        snapshot,
                        this::known,
                        retained.last().filter(pointer -> snapshot.last().isPresent()),
                        retained.best().filter(pointer -> snapshot.bestPointer().isPresent()))
                .withRolledBack(new GroupSet(rolledBack.keySet()));
        return snapshot;
    }

    private static RetainedGroups retained(
            RetentionSnapshot snapshot,
            ToLongFunction<String> groupOf,
            Optional<RetainedGroups.Pointed> last,
            Optional<RetainedGroups.Pointed> best) {
        return new RetainedGroups(
                new RetainedGroups.Kept(
                        groups(snapshot.topK(), groupOf),
                        groups(snapshot.newest(), groupOf),
                        groups(snapshot.everyNth(), groupOf)),
                last,
                best,
                snapshot.onException().stream()
                        .mapToLong(checkpoint -> groupOf.applyAsLong(checkpoint.name()))
                        .findAny(),
                snapshot.saves());
    }

    private static GroupSet groups(List<KeptCheckpoint> checkpoints, ToLongFunction<String> groupOf) {
        return new GroupSet(checkpoints.stream()
                .map(checkpoint -> groupOf.applyAsLong(checkpoint.name()))
                .toList());
    }

    /** The number of folders in a name. */
    static long depth(String name) {
        return name.chars().filter(character -> character == '/').count();
    }

    private long known(String name) {
        Long known = groups.get(name);
        if (known == null) {
            throw new IllegalStateException("The retention state names " + name + ", which belongs to no group.");
        }
        return known;
    }

    /** Maps groups back to files, and notes the group of each file that it finds. */
    private record Rebuilt(
            Catalog catalog,
            String stream,
            String folder,
            Set<Long> depths,
            Predicate<String> exists,
            Map<String, Long> found) {

        /** Whether everything that was kept lies in another folder, from which the stream has moved. */
        private boolean isElsewhere(RetainedGroups retained) {
            List<String> paths = new ArrayList<>();
            Stream.of(retained.last(), retained.best())
                    .forEach(
                            pointer -> pointer.map(RetainedGroups.Pointed::name).ifPresent(paths::add));
            Stream.of(
                            retained.kept().topK(),
                            retained.kept().newest(),
                            retained.kept().everyNth())
                    .flatMap(groups -> groups.numbers().stream())
                    .forEach(group -> catalog.group(group)
                            .flatMap(this::stored)
                            .map(StoredCheckpoint::file)
                            .ifPresent(paths::add));
            return !paths.isEmpty()
                    && paths.stream().noneMatch(path -> name(path).isPresent());
        }

        private List<KeptCheckpoint> kept(GroupSet groups) {
            List<KeptCheckpoint> kept = new ArrayList<>();
            for (long group : groups.numbers()) {
                kept(group).ifPresent(kept::add);
            }
            return kept;
        }

        private Optional<KeptCheckpoint> onException(OptionalLong group) {
            return group.isPresent() ? kept(group.getAsLong()) : Optional.empty();
        }

        private Optional<KeptCheckpoint> kept(long group) {
            Optional<KeptCheckpoint> kept = existing(group);
            kept.ifPresent(checkpoint -> found.put(checkpoint.name(), group));
            return kept;
        }

        private Optional<KeptCheckpoint> existing(long group) {
            return described(group).filter(checkpoint -> exists.test(folder + checkpoint.name()));
        }

        private Optional<KeptCheckpoint> described(long group) {
            return catalog.group(group)
                    .flatMap(manifest -> stored(manifest)
                            .flatMap(file -> name(file.file())
                                    .map(name -> new KeptCheckpoint(
                                            name,
                                            file.score(),
                                            manifest.origin().epoch(),
                                            manifest.origin().globalStep(),
                                            file.bytes()))));
        }

        private Optional<StoredCheckpoint> stored(Manifest manifest) {
            return manifest.checkpoints().stream()
                    .filter(checkpoint -> checkpoint.stream().equals(stream))
                    .findAny();
        }

        private Optional<LastCheckpoint> last(RetainedGroups.Pointed pointed) {
            return name(pointed).map(name -> {
                KeptCheckpoint target = target(pointed, name);
                return new LastCheckpoint(
                        name,
                        pointed.linked() ? Optional.of(target.name()) : Optional.empty(),
                        target.epoch(),
                        target.globalStep(),
                        pointed.linked() ? 0 : target.bytes());
            });
        }

        private Optional<BestCheckpoint> best(RetainedGroups.Pointed pointed) {
            return name(pointed).map(name -> new BestCheckpoint(name, target(pointed, name), pointed.linked()));
        }

        private Optional<String> name(RetainedGroups.Pointed pointed) {
            return name(pointed.name()).filter(name -> exists.test(pointed.name()));
        }

        /** What a pointer names, which need not exist: the pointer still belongs to the stream, and moves on. */
        private KeptCheckpoint target(RetainedGroups.Pointed pointed, String name) {
            return described(pointed.group()).orElseGet(() -> new KeptCheckpoint(name, OptionalDouble.empty(), 0, 0));
        }

        private Optional<String> name(String path) {
            return Optional.of(path)
                    .filter(file -> file.startsWith(folder))
                    .map(file -> file.substring(folder.length()))
                    .filter(name -> depths.contains(depth(name)));
        }
    }
}
