package dev.rivulet.policy;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The rule for names of streams. A name is a stream's identity and part of its files' names, so it must suit every file
 * system.
 *
 * @since 0.1
 */
public final class StreamName {
    /** Most characters of a name. */
    public static final int MAX_LENGTH = 64;

    private static final Set<String> POINTERS = Set.of("last", "best");

    private StreamName() {}

    /** What is wrong with a name and what to write instead; empty if it is legal. */
    public static Optional<String> problem(String name) {
        if (name.isEmpty()) {
            return Optional.of("The name of a stream is empty; give it one, such as \"averaged\".");
        }
        String quoted = "The stream name \"" + name + "\" ";
        if (name.length() > MAX_LENGTH) {
            return Optional.of(quoted + "has " + name.length() + " characters; at most " + MAX_LENGTH
                    + " are allowed, shorten it.");
        }
        if (POINTERS.contains(name.toLowerCase(Locale.ROOT))) {
            return Optional.of(quoted + "is the name of the newest or best checkpoint of every stream; use another.");
        }
        if (!isLetterOrDigit(name.charAt(0))) {
            return Optional.of(quoted + "must start with a letter or digit (A-Z, a-z, 0-9).");
        }
        Optional<String> illegal = name.codePoints()
                .filter(c -> !(isLetterOrDigit(c) || c == '.' || c == '_' || c == '-'))
                .mapToObj(c -> Character.isISOControl(c)
                        ? String.format(Locale.ROOT, "U+%04X", c)
                        : "'" + Character.toString(c) + "'")
                .findFirst();
        if (illegal.isPresent()) {
            return Optional.of(
                    quoted + "contains " + illegal.get() + "; use letters (A-Z, a-z), digits, '.', '_' and '-' only.");
        }
        if (name.endsWith(".")) {
            return Optional.of(quoted + "ends with '.', which Windows drops; remove it.");
        }
        if (isDevice(name)) {
            return Optional.of(quoted + "is a device on Windows; use another.");
        }
        return Optional.empty();
    }

    private static boolean isLetterOrDigit(int character) {
        return (character >= 'a' && character <= 'z')
                || (character >= 'A' && character <= 'Z')
                || (character >= '0' && character <= '9');
    }

    private static boolean isDevice(String name) {
        int dot = name.indexOf('.');
        String stem = dot < 0 ? name : name.substring(0, dot);
        return stem.toLowerCase(Locale.ROOT).matches("con|prn|aux|nul|com[0-9]|lpt[0-9]");
    }

    /** Whether two names are equal on a file system that ignores case. */
    public static boolean clashesWith(String name, String other) {
        return name.equalsIgnoreCase(other);
    }

    /**
     * The candidate that was probably meant: the nearest within max(1, length/3) inserted, deleted, replaced or swapped
     * characters, ignoring case; of several the first.
     */
    public static Optional<String> closest(String name, Collection<String> candidates) {
        int threshold = Math.max(1, name.length() / 3);
        return candidates.stream()
                .filter(candidate -> distance(name, candidate) <= threshold)
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)));
    }

    /** Edit distance with swaps of neighbours (optimal string alignment). */
    private static int distance(String name, String candidate) {
        String from = name.toLowerCase(Locale.ROOT);
        String to = candidate.toLowerCase(Locale.ROOT);
        int[][] distance = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    distance[i][j] = i + j;
                    continue;
                }
                int replaced = distance[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                int best = Math.min(replaced, 1 + Math.min(distance[i - 1][j], distance[i][j - 1]));
                boolean swapped = i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1);
                distance[i][j] = swapped ? Math.min(best, distance[i - 2][j - 2] + 1) : best;
            }
        }
        return distance[from.length()][to.length()];
    }
}
