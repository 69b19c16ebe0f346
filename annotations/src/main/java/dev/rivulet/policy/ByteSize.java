package dev.rivulet.policy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads numbers of bytes as users write them. */
final class ByteSize {
    private static final Pattern PARTS = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,18})?)([kKMGT]?i?B)");

    /** Powers of 1000, and of 1024 with an {@code i}, as IEC 80000-13 has them. */
    private static final Map<String, Long> UNITS = Map.of(
            "B", 1L,
            "KB", 1_000L,
            "MB", 1_000_000L,
            "GB", 1_000_000_000L,
            "TB", 1_000_000_000_000L,
            "KIB", 1L << 10,
            "MIB", 1L << 20,
            "GIB", 1L << 30,
            "TIB", 1L << 40);

    private ByteSize() {}

    /**
     * The number of bytes of {@code "500MB"}, {@code "10GB"}, {@code "1.5 TiB"}, or {@code "0"}.
     *
     * @throws IllegalArgumentException if it is not a number of bytes; the message holds the remedy
     */
    static long parse(String written) {
        String compact = written.replace(" ", "");
        if (compact.equals("0")) {
            return 0;
        }
        Matcher parts = PARTS.matcher(compact);
        Long unit = parts.matches() ? UNITS.get(parts.group(2).replace('k', 'K').replace('i', 'I')) : null;
        if (unit == null) {
            throw new IllegalArgumentException("\"" + written
                    + "\" is not a number of bytes; write \"500MB\", \"10GB\" or \"1.5TiB\", or \"0\" for no limit.");
        }
        BigDecimal bytes = new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(unit));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException(
                    "\"" + written + "\" is more than any disk holds; write a smaller size, or \"0\" for no limit.");
        }
        return bytes.setScale(0, RoundingMode.CEILING).longValueExact();
    }
}
