package dev.rivulet.store;

/** Reads the text of a {@link GroupSet}, and accepts only what that would write: one text for each set. */
final class GroupSetParser {
    private final String text;
    private int position;

    private GroupSetParser(String text) {
        this.text = text;
    }

    /**
     * First and last number of each range in turn.
     *
     * @throws IllegalArgumentException if it is the text of no set
     */
    static long[] bounds(String text) {
        return new GroupSetParser(text).bounds();
    }

    private long[] bounds() {
        long[] bounds =
                new long[2 * (1 + (int) text.chars().filter(c -> c == ',').count())];
        for (int i = 0; i < bounds.length; i += 2) {
            if (i > 0) {
                position++; // The comma at which the number before ended.
            }
            bounds[i] = number();
            bounds[i + 1] = bounds[i];
            if (i > 0 && bounds[i] - 1 <= bounds[i - 1]) {
                throw malformed("ranges ascend, and no two of them touch");
            }
            if (position < text.length() && text.charAt(position) == '-') {
                position++;
                bounds[i + 1] = number();
                if (bounds[i + 1] <= bounds[i]) {
                    throw malformed("a range ends after its beginning");
                }
            }
            if (position < text.length() && text.charAt(position) != ',') {
                throw malformed("numbers and ranges are separated by commas");
            }
        }
        return bounds;
    }

    private long number() {
        long value = 0;
        int from = position;
        for (; position < text.length() && isDigit(text.charAt(position)); position++) {
            int digit = text.charAt(position) - '0';
            if (value > (Long.MAX_VALUE - digit) / 10) {
                throw malformed("a number is at most 2^63 - 1");
            }
            value = value * 10 + digit;
            if (value == 0) {
                throw malformed("a number begins with 1 to 9");
            }
        }
        if (position == from) {
            throw malformed("a number is expected");
        }
        return value;
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    private IllegalArgumentException malformed(String reason) {
        return new IllegalArgumentException("at character " + position + " of a set of groups, " + reason);
    }
}
