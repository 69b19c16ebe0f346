package dev.rivulet.stream;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The files of a replay and what links point to; several streams may share it. */
final class Disk {
    private final Map<String, String> linkTargets = new TreeMap<>();

    boolean exists(String file) {
        return linkTargets.containsKey(file);
    }

    /** Carries out operations, without those that change nothing: a link set to what it points to already. */
    List<Action> perform(List<Action> actions) {
        return actions.stream().filter(this::changes).toList();
    }

    private boolean changes(Action action) {
        return switch (action.kind()) {
            case REMOVE -> linkTargets.remove(action.file()) != null;
            case SAVE -> {
                linkTargets.put(action.file(), "");
                yield true;
            }
            case LINK -> !action.target().equals(linkTargets.put(action.file(), action.target()));
        };
    }

    /** File names, links as {@code name -> target}. */
    List<String> listing() {
        return linkTargets.entrySet().stream()
                .map(file -> file.getValue().isEmpty() ? file.getKey() : file.getKey() + " -> " + file.getValue())
                .toList();
    }
}
