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
        int ranges = new GroupSetParser(text).read((range, from, to) -> {});
        long[] bounds = new long[2 * ranges]; // Allocated for what is known to be a set, not for a number of commas.
        new GroupSetParser(text).read((range, from, to) -> {
            bounds[2 * range] = from;
            bounds[2 * range + 1] = to;
        });
        return bounds;
    }

    /** Reads all ranges, of which it returns the number. */
    private int read(RangeConsumer ranges) {
        long last = -1;
        int count = 0;
        do {
            long from = number();
            if (from - 1 <= last) {
                throw malformed("ranges ascend, and no two of them touch");
            }
            last = take('-') ? endOfRange(from) : from;
            ranges.accept(count++, from, last);
        } while (take(','));
        if (position < text.length()) {
            throw malformed("numbers and ranges are separated by commas");
        }
        return count;
    }

    private long endOfRange(long from) {
        long to = number();
        if (to <= from) {
            throw malformed("a range ends after its beginning");
        }
        return to;
    }

    private boolean take(char expected) {
        boolean isThere = position < text.length() && text.charAt(position) == expected;
        position += isThere ? 1 : 0;
        return isThere;
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

    @FunctionalInterface
    private interface RangeConsumer {
        void accept(int range, long from, long to);
    }
}
