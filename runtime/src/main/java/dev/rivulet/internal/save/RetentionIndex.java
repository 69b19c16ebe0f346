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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * What a stream keeps, as manifests have it: they name groups instead of files, because a group's manifest describes its
 * files permanently.
 */
public final class RetentionIndex {
    private final String folder;
    private final Set<Long> depths;
    private final Map<String, Long> groups = new HashMap<>();
    private RetainedGroups current = RetainedGroups.EMPTY;

    /**
     * The ledger of a stream that has saved nothing.
     *
     * @param folder of the stream's files, empty or with {@code /} at its end
     * @param depths in how many folders below it files may lie, as their templates have it: others are in another directory
     */
    public RetentionIndex(String folder, Set<Long> depths) {
        this.folder = folder;
        this.depths = Set.copyOf(depths);
    }

    RetainedGroups current() {
        return current;
    }

    /** The ledger once a plan has committed in a group, after which the stream keeps these books. */
    RetainedGroups after(SavePlan plan, RetentionSnapshot snapshot, long group) {
        ToLongFunction<String> groupOf = name ->
                plan.checkpoint().filter(written -> written.name().equals(name)).isPresent() ? group : known(name);
        Optional<RetainedGroups.Pointed> last = plan.last()
                .map(pointer -> pointed(pointer.name(), group, pointer.target().isPresent()));
        Optional<RetainedGroups.Pointed> best = plan.best()
                .map(pointer -> pointed(pointer.name(), groupOf.applyAsLong(pointer.checkpoint()), pointer.linked()));
        return retained(snapshot, groupOf, last.or(current::last), best.or(current::best));
    }

    private RetainedGroups.Pointed pointed(String name, long group, boolean linked) {
        return new RetainedGroups.Pointed(folder + name, group, linked);
    }

    /** Makes the ledger after a plan the current one, because it is durable now. */
    void commit(SavePlan plan, RetentionSnapshot snapshot, RetainedGroups after, long group) {
        plan.checkpoint().ifPresent(checkpoint -> groups.put(checkpoint.name(), group));
        List<String> named = Stream.concat(snapshot.checkpoints().stream(), snapshot.onException().stream())
                .map(KeptCheckpoint::name)
                .toList();
        groups.keySet().retainAll(named);
        current = after;
    }

    /**
     * Adopts what another run kept. What a manifest that cannot be read describes is left out, and so is what lies in
     * another folder or is not there any more.
     *
     * @param catalog with the ledger's groups
     * @param exists whether a file is there, by its path
     * @return the books that the ledger stands for
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
        current = retained(
                snapshot,
                this::known,
                retained.last().filter(pointer -> snapshot.last().isPresent()),
                retained.best().filter(pointer -> snapshot.bestPointer().isPresent()));
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

    /** In how many folders a file of this name lies. */
    static long depth(String name) {
        return name.chars().filter(character -> character == '/').count();
    }

    private long known(String name) {
        Long known = groups.get(name);
        if (known == null) {
            throw new IllegalStateException("The books name " + name + ", which no group has.");
        }
        return known;
    }

    /** The way from groups back to files, which notes the group of each file that it finds. */
    private record Rebuilt(
            Catalog catalog,
            String stream,
            String folder,
            Set<Long> depths,
            Predicate<String> exists,
            Map<String, Long> found) {

        /** Whether all that is kept lies in another folder, where the stream was before. */
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
            Optional<KeptCheckpoint> kept =
                    described(group).filter(checkpoint -> exists.test(folder + checkpoint.name()));
            kept.ifPresent(checkpoint -> found.put(checkpoint.name(), group));
            return kept;
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
            return name(pointed)
                    .flatMap(name -> target(pointed)
                            .map(target -> new LastCheckpoint(
                                    name,
                                    pointed.linked() ? Optional.of(target.name()) : Optional.empty(),
                                    target.epoch(),
                                    target.globalStep(),
                                    pointed.linked() ? 0 : target.bytes())));
        }

        private Optional<BestCheckpoint> best(RetainedGroups.Pointed pointed) {
            return name(pointed)
                    .flatMap(name -> target(pointed).map(target -> new BestCheckpoint(name, target, pointed.linked())));
        }

        private Optional<String> name(RetainedGroups.Pointed pointed) {
            return name(pointed.name()).filter(name -> exists.test(pointed.name()));
        }

        /** What a pointer names: a link needs its target's own file, a copy does not. */
        private Optional<KeptCheckpoint> target(RetainedGroups.Pointed pointed) {
            return described(pointed.group())
                    .filter(target -> !pointed.linked() || exists.test(folder + target.name()));
        }

        private Optional<String> name(String path) {
            return Optional.of(path)
                    .filter(file -> file.startsWith(folder))
                    .map(file -> file.substring(folder.length()))
                    .filter(name -> depths.contains(depth(name)));
        }
    }
}
