package dev.rivulet.processor;

import dev.rivulet.policy.StreamName;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Suggests what an unknown name could have meant. */
final class Suggestion {
    /** More names than this are noise. */
    private static final int SHOWN = 20;

    private Suggestion() {}

    /** The closest name, or else the known ones. */
    static String forName(String name, Collection<String> known) {
        return StreamName.closest(name, known)
                .map(near -> "Did you mean \"" + near + "\"?")
                .orElseGet(() -> "Known streams are " + list(known) + ".");
    }

    /** Names in quotes. */
    static String list(Collection<String> names) {
        List<String> shown =
                names.stream().limit(SHOWN).map(name -> "\"" + name + "\"").toList();
        String rest = names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "";
        return shown.stream().collect(Collectors.joining(", ")) + rest;
    }
}
