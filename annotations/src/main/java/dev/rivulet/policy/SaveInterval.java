package dev.rivulet.policy;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads intervals of time as users write them. */
final class SaveInterval {
    private static final Pattern PARTS =
            Pattern.compile("(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?");

    /** Keeps intervals countable in nanoseconds. */
    private static final Duration LONGEST = Duration.ofDays(36_525);

    private SaveInterval() {}

    /**
     * The interval of {@code "30s"}, {@code "15m"}, {@code "1h30m"}, {@code "1d"} or {@code "PT15M"}.
     *
     * @throws IllegalArgumentException if it is not an interval, or is negative; the message holds the remedy
     */
    static Duration parse(String written) {
        Duration duration = read(written);
        if (duration.isNegative()) {
            throw new IllegalArgumentException(
                    "\"" + written + "\" is negative; write a positive duration, or \"0s\" to save after every batch.");
        }
        if (duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "\"" + written + "\" is longer than a century; write a shorter duration.");
        }
        return duration;
    }

    private static Duration read(String written) {
        String compact = written.replace(" ", "");
        Matcher parts = PARTS.matcher(compact);
        if (!compact.isEmpty() && parts.matches()) {
            return Duration.ofDays(number(parts.group(1)))
                    .plusHours(number(parts.group(2)))
                    .plusMinutes(number(parts.group(3)))
                    .plusSeconds(number(parts.group(4)));
        }
        try {
            return Duration.parse(compact);
        } catch (DateTimeParseException malformed) {
            throw new IllegalArgumentException(
                    "\"" + written + "\" is not a duration; write \"30s\", \"15m\", \"1h30m\", \"1d\" or \"PT15M\".",
                    malformed);
        }
    }

    private static long number(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
