package dev.rivulet.store;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of manifests: {@code group-0000000012.json} is that of group 12. Numbers of up to ten digits sort as text. */
final class ManifestName {
    /** What the name of every manifest begins with. */
    static final String PREFIX = "group-";

    private static final String SUFFIX = ".json";
    private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d{10,19})\\.json");

    private ManifestName() {}

    /** The name of a group's manifest. */
    static String of(long group) {
        return PREFIX + "%010d".formatted(group) + SUFFIX;
    }

    /** Whether a file is called like a manifest, rightly or not. */
    static boolean isClaimedBy(String file) {
        return file.startsWith(PREFIX) && file.endsWith(SUFFIX);
    }

    /** The group whose manifest has this name; empty if it is none's. */
    static OptionalLong group(String file) {
        Matcher name = NAME.matcher(file);
        if (!name.matches()) {
            return OptionalLong.empty();
        }
        try {
            long group = Long.parseLong(name.group(1));
            return group >= 1 && of(group).equals(file) ? OptionalLong.of(group) : OptionalLong.empty();
        } catch (NumberFormatException e) {
            return OptionalLong.empty(); // Nineteen digits may exceed 2^63 - 1.
        }
    }
}
