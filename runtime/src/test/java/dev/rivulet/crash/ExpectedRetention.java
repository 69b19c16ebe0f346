package dev.rivulet.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rivulet.internal.store.GroupSet;
import dev.rivulet.internal.store.Manifest;
import dev.rivulet.internal.store.RetainedGroups;
import dev.rivulet.internal.store.StoredCheckpoint;
import dev.rivulet.internal.store.StoredCheckpoint.Blob;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The files that a test run should retain after some saves. Immutable.
 *
 * @param run the run
 * @param streams number of streams
 * @param steps the step of each committed group, by its number
 */
record ExpectedRetention(UUID run, int streams, SortedMap<Long, Long> steps) {
    /** The retention state of a run that has saved nothing. */
    static ExpectedRetention empty(int streams) {
        return new ExpectedRetention(new UUID(0x5eed, streams), streams, new TreeMap<>());
    }

    /** The retention state after another group, which is saved at the next step. */
    ExpectedRetention with(long group) {
        SortedMap<Long, Long> more = new TreeMap<>(steps);
        more.put(group, step() + 1);
        return new ExpectedRetention(run, streams, more);
    }

    /** The step of the newest group; 0 initially. */
    long step() {
        return steps.isEmpty() ? 0 : step(steps.lastKey());
    }

    private long step(long group) {
        Long step = steps.get(group);
        if (step == null) {
            throw new IllegalArgumentException("Group " + group + " is not in " + steps + ".");
        }
        return step;
    }

    /** The number of the newest group; 0 initially. */
    long group() {
        return steps.isEmpty() ? 0 : steps.lastKey();
    }

    /** The streams with a file in the newest group. */
    List<StreamPlan> saved() {
        return plans().stream().filter(plan -> plan.savesAt(step())).toList();
    }

    private List<StreamPlan> plans() {
        List<StreamPlan> plans = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            plans.add(new StreamPlan(i));
        }
        return plans;
    }

    /** The groups whose files a stream retains, oldest first. */
    private List<Long> retainedGroups(StreamPlan plan) {
        List<Long> saves = saves(plan);
        return saves.subList(Math.max(0, saves.size() - plan.retainedCount()), saves.size());
    }

    private List<Long> saves(StreamPlan plan) {
        return steps.keySet().stream()
                .filter(group -> plan.savesAt(step(group)))
                .toList();
    }

    private Optional<RetainedGroups.Pointed> last(StreamPlan plan) {
        return plan.last()
                .flatMap(name -> retainedGroups(plan).stream()
                        .reduce((earlier, later) -> later)
                        .map(group -> new RetainedGroups.Pointed(name, group, plan.isLinked())));
    }

    private Optional<RetainedGroups.Pointed> best(StreamPlan plan) {
        return plan.best()
                .flatMap(name -> saves(plan).stream()
                        .filter(group -> plan.isBest(step(group)))
                        .reduce((earlier, later) -> later)
                        .map(group -> new RetainedGroups.Pointed(name, group, false)));
    }

    /** The manifest of the newest group. */
    Manifest manifest(List<Blob> blobs, ExpectedRetention previous) {
        List<StoredCheckpoint> checkpoints = new ArrayList<>();
        List<Manifest.Pointer> pointers = new ArrayList<>();
        List<String> superseded = new ArrayList<>();
        List<StreamPlan> saved = saved();
        for (int i = 0; i < saved.size(); i++) {
            StreamPlan plan = saved.get(i);
            Blob blob = blobs.get(i);
            checkpoints.add(new StoredCheckpoint(plan.name(), blob, OptionalDouble.empty(), Optional.empty()));
            plan.last().ifPresent(name -> pointers.add(new Manifest.Pointer(name, blob.file(), plan.isLinked())));
            if (plan.isBest(step())) {
                plan.best().ifPresent(name -> pointers.add(new Manifest.Pointer(name, blob.file(), false)));
            }
            previous.retainedGroups(plan).stream()
                    .filter(group -> !retainedGroups(plan).contains(group))
                    .map(group -> plan.file(step(group)))
                    .filter(file -> !file.equals(blob.file()))
                    .forEach(superseded::add);
        }
        return new Manifest(
                group(),
                new Manifest.Origin(
                        run,
                        Instant.ofEpochSecond(1_000_000 + step()),
                        0,
                        step(),
                        "0.1.0",
                        Map.of("val_loss", 1.0 / step())),
                checkpoints,
                pointers,
                superseded,
                retained());
    }

    private Map<String, RetainedGroups> retained() {
        Map<String, RetainedGroups> retained = new LinkedHashMap<>();
        for (StreamPlan plan : plans()) {
            retained.put(
                    plan.name(),
                    new RetainedGroups(
                            new RetainedGroups.Kept(new GroupSet(retainedGroups(plan)), GroupSet.EMPTY, GroupSet.EMPTY),
                            last(plan),
                            best(plan),
                            OptionalLong.empty(),
                            saves(plan).size()));
        }
        return retained;
    }

    /** The expected visible files by path: the content of a file, or the target of a link. */
    SortedMap<String, String> tree() {
        SortedMap<String, String> tree = new TreeMap<>();
        for (StreamPlan plan : plans()) {
            retainedGroups(plan).forEach(group -> tree.put(plan.file(step(group)), content(plan, group)));
            last(plan)
                    .ifPresent(last -> tree.put(
                            last.name(),
                            last.linked()
                                    ? link(last.name(), plan.file(step(last.group())))
                                    : content(plan, last.group())));
            best(plan).ifPresent(best -> tree.put(best.name(), content(plan, best.group())));
        }
        return tree;
    }

    private String content(StreamPlan plan, long group) {
        return new String(plan.content(step(group)), UTF_8);
    }

    private static String link(String name, String file) {
        return "-> " + Path.of(DiskImage.parent(name)).relativize(Path.of(file));
    }

    /** The groups whose manifests must exist: those with retained files, and the two newest. */
    GroupSet manifests() {
        GroupSet groups = new GroupSet(
                steps.keySet().stream().skip(Math.max(0, steps.size() - 2)).toList());
        for (RetainedGroups streamGroups : retained().values()) {
            groups = groups.with(streamGroups.groups());
        }
        return groups;
    }
}
