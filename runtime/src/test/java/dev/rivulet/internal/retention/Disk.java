package dev.rivulet.internal.retention;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The files of a replay with their contents, and links with their targets; several streams may share it. */
final class Disk {
    private final Map<String, String> linkTargets = new TreeMap<>();
    private final Map<String, String> contents = new TreeMap<>();
    private final Map<String, String> positions = new TreeMap<>();
    private final Map<String, Map<String, Double>> metrics = new TreeMap<>();

    private final boolean keepsDanglingLinks;

    Disk() {
        this(false);
    }

    /**
     * An empty disk.
     *
     * @param keepsDanglingLinks whether a link without a target counts as missing, so that it cannot be removed
     */
    Disk(boolean keepsDanglingLinks) {
        this.keepsDanglingLinks = keepsDanglingLinks;
    }

    boolean exists(String file) {
        return linkTargets.containsKey(file) && !(keepsDanglingLinks && dangles(file));
    }

    /**
     * Whether a file exists once operations are carried out that have not reached the disk yet.
     *
     * @param deletesDangling whether a link is deleted with its target
     */
    boolean existsAfter(List<Action> actions, String file, boolean deletesDangling) {
        boolean exists = exists(file);
        String target = target(file);
        for (Action action : actions) {
            if (action.file().equals(file)) {
                exists = action.kind() != Action.Kind.REMOVE;
                target = action.target();
            } else if (action.file().equals(target) && action.kind() == Action.Kind.REMOVE) {
                exists &= deletesDangling;
            }
        }
        return exists;
    }

    /**
     * Carries out operations and returns those that change something; setting a link to its current target does not.
     *
     * @param event the hook call at which they happen, whose epoch and step are written to the files
     */
    List<Action> perform(List<Action> actions, TraceEvent event) {
        return actions.stream().filter(action -> changes(action, event)).toList();
    }

    private boolean changes(Action action, TraceEvent event) {
        return switch (action.kind()) {
            case REMOVE -> !(keepsDanglingLinks && dangles(action.file())) && linkTargets.remove(action.file()) != null;
            case SAVE -> {
                linkTargets.put(action.file(), "");
                contents.put(action.file(), RunEnd.content(event.epoch(), event.globalStep()));
                positions.put(action.file(), event.position());
                metrics.put(action.file(), event.logged());
                yield true;
            }
            case LINK -> !action.target().equals(linkTargets.put(action.file(), action.target()));
        };
    }

    private boolean dangles(String file) {
        String target = target(file);
        return !target.isEmpty() && !exists(target);
    }

    /** The target of a link; empty if it does not exist. */
    String target(String file) {
        return linkTargets.getOrDefault(file, "");
    }

    /** The position in training at which a checkpoint was saved, by name; empty if it does not exist. */
    String origin(String file) {
        String saved = saved(file);
        return linkTargets.containsKey(saved) ? positions.getOrDefault(saved, "") : "";
    }

    /** The metrics logged when a checkpoint was saved, by name. */
    Map<String, Double> metrics(String file) {
        return metrics.getOrDefault(saved(file), Map.of());
    }

    private String saved(String file) {
        return target(file).isEmpty() ? file : target(file);
    }

    /** Files sorted by name, described as in {@link RunEnd}. */
    List<String> listing() {
        return linkTargets.entrySet().stream()
                .map(file -> file.getValue().isEmpty()
                        ? RunEnd.file(file.getKey(), contents.getOrDefault(file.getKey(), ""))
                        : RunEnd.link(file.getKey(), file.getValue()))
                .toList();
    }
}
