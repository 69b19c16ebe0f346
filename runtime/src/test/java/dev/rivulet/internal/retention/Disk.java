package dev.rivulet.internal.retention;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The files of a replay, with what is in them or what links point to; several streams may share it. */
final class Disk {
    private final Map<String, String> linkTargets = new TreeMap<>();
    private final Map<String, String> contents = new TreeMap<>();
    private final Map<String, String> places = new TreeMap<>();
    private final Map<String, Map<String, Double>> metrics = new TreeMap<>();

    private final boolean keepsDanglingLinks;

    Disk() {
        this(false);
    }

    /**
     * An empty disk.
     *
     * @param keepsDanglingLinks whether a link counts as missing once its target is gone, and so cannot be removed
     */
    Disk(boolean keepsDanglingLinks) {
        this.keepsDanglingLinks = keepsDanglingLinks;
    }

    boolean exists(String file) {
        return linkTargets.containsKey(file) && !(keepsDanglingLinks && dangles(file));
    }

    /**
     * Carries out operations, without those that change nothing: a link set to what it points to already.
     *
     * @param event the hook call at which they happen, whose epoch and step go into the files
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
                places.put(action.file(), event.position());
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

    /** What a link points to; empty if there is no such link. */
    String target(String file) {
        return linkTargets.getOrDefault(file, "");
    }

    /** When in training the checkpoint was saved that has a name; empty if none has. */
    String origin(String file) {
        String saved = saved(file);
        return linkTargets.containsKey(saved) ? places.getOrDefault(saved, "") : "";
    }

    /** What was logged when the checkpoint was saved that has a name. */
    Map<String, Double> metrics(String file) {
        return metrics.getOrDefault(saved(file), Map.of());
    }

    private String saved(String file) {
        return target(file).isEmpty() ? file : target(file);
    }

    /** Files by name, described as in {@link RunEnd}. */
    List<String> listing() {
        return linkTargets.entrySet().stream()
                .map(file -> file.getValue().isEmpty()
                        ? RunEnd.file(file.getKey(), contents.getOrDefault(file.getKey(), ""))
                        : RunEnd.link(file.getKey(), file.getValue()))
                .toList();
    }
}
