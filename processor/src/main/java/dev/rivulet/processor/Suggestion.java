package dev.rivulet.processor;

import java.util.Collection;
import java.util.stream.Collectors;

/** What could have been meant by a name that is unknown. */
final class Suggestion {
    private Suggestion() {}

    static String forName(String name, Collection<String> known) {
        return "Known are " + list(known) + ".";
    }

    static String list(Collection<String> names) {
        return names.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(", "));
    }
}
