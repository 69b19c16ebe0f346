package dev.rivulet.internal.store;

/** Rules that a manifest must satisfy. A manifest that violates a rule is neither read in part nor repaired. */
public enum ManifestRule {
    /** The manifest is a regular file, neither a link nor a folder. */
    FILE_KIND("a manifest is a regular file"),
    /** The file can be read to its end. */
    READABLE("the file can be read"),
    /** The file name is {@code group-}, the group number in at least ten digits, and {@code .json}. */
    FILE_NAME("a manifest is named after its group, such as group-0000000012.json"),
    /** The manifest has at most 64 MiB. */
    FILE_SIZE("a manifest has at most 64 MiB"),
    /** The manifest ends with its checksum; a truncated file does not. */
    END("a manifest ends with its checksum, as in \"crc32c\":\"1a2b3c4d\"}"),
    /** The checksum is the CRC-32C of all bytes before its first digit. */
    CHECKSUM("the checksum is the CRC-32C of everything before it"),
    /** All bytes form valid characters. */
    UTF8("a manifest is valid UTF-8"),
    /** The manifest is one JSON object according to RFC 8259, with nothing before or after it. */
    JSON("a manifest is one JSON object"),
    /** This version can read the format number. */
    FORMAT("the format is 1"),
    /** All keys are known. */
    UNKNOWN_KEY("all keys are known"),
    /** No required key is missing. */
    MISSING_KEY("no key is missing"),
    /** Each key occurs once: readers disagree about which of two counts. */
    DUPLICATE_KEY("no key occurs twice"),
    /** Each value has the expected type. */
    TYPE("each value has the expected type"),
    /** Integers are written without fraction and exponent, and are in range. */
    INTEGER("an integer has neither fraction nor exponent and is in range"),
    /** Metrics are finite numbers, or one of three strings for non-finite values. */
    NUMBER("a metric is a finite number, \"NaN\", \"Infinity\" or \"-Infinity\""),
    /** Lists and maps are bounded, so that a small file cannot fill the memory. */
    MEMBERS("a list or an object has at most 65,536 members"),
    /** The run is a UUID in lower case. */
    RUN("the run is a UUID in lower case"),
    /** The time is an instant in ISO 8601, as {@link java.time.Instant} writes it. */
    SAVED_AT("saved_at is an instant such as 2026-01-31T12:00:00Z"),
    /** A file's checksum has eight hexadecimal digits in lower case. */
    DIGEST("a CRC-32C has eight hexadecimal digits in lower case"),
    /** A set of groups has the form that {@link GroupSet} writes. */
    GROUP_SET("a set of groups has a form such as 3,7,10-12"),
    /** Strings have a bounded length and no unpaired surrogates. */
    STRING("a string has at most 4,096 characters and no unpaired surrogates"),
    /** The name is valid for a stream. */
    STREAM("the name of a stream is valid on every file system"),
    /** Paths stay inside the directory and outside the framework's own folder. */
    PATH("a path is relative and stays inside the directory"),
    /** A blob is named {@code tmp-} and a UUID. */
    BLOB("a blob is named tmp- and a UUID"),
    /** Groups are numbered from 1. */
    GROUP("groups are numbered from 1"),
    /** Counts are not negative. */
    COUNT("epoch, global_step, saves and bytes are not negative"),
    /** A stream has at most one checkpoint in a group. */
    DUPLICATE_STREAM("a stream has at most one checkpoint in a group"),
    /** No group writes a path twice, or both writes and deletes it. */
    DUPLICATE_PATH("the files, pointers and retired files of a group have different paths"),
    /** No two files have the same temporary name. */
    DUPLICATE_BLOB("no two checkpoints have the same blob"),
    /** Each stream with a checkpoint in the group has retained groups. */
    RETENTION_MISSING("each stream with a checkpoint in the group has an entry in ledgers"),
    /** Retained groups are this group or earlier ones. */
    RETENTION_GROUP("ledgers contain only this group and earlier ones");

    private final String statement;

    ManifestRule(String statement) {
        this.statement = statement;
    }

    /** The rule as a clause, such as "no key is missing". */
    public String statement() {
        return statement;
    }
}
