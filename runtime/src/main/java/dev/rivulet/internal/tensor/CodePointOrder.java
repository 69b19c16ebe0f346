package dev.rivulet.internal.tensor;

import java.util.Comparator;

/**
 * Orders strings by code points, which is the order of their UTF-8 bytes. Java's own order differs from it beyond
 * U+FFFF.
 */
public enum CodePointOrder implements Comparator<String> {
    /** The order. */
    ASCENDING;

    @Override
    public int compare(String left, String right) {
        int shared = Math.min(left.length(), right.length());
        for (int i = 0; i < shared; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                return Character.compare(rank(a), rank(b));
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    /** Surrogates, which encode code points beyond U+FFFF, come after all other code units. */
    private static char rank(char unit) {
        if (unit < Character.MIN_SURROGATE) {
            return unit;
        }
        int surrogates = Character.MAX_SURROGATE - Character.MIN_SURROGATE + 1;
        return (char) (Character.isSurrogate(unit) ? unit + 0x10000 - 1 - Character.MAX_SURROGATE : unit - surrogates);
    }
}
