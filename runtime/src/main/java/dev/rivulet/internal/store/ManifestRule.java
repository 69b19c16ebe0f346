package dev.rivulet.internal.store;

/** What a manifest must satisfy to be used. A manifest that violates a rule is neither read in part nor repaired. */
public enum ManifestRule {
    /** It is a regular file, neither a link nor a folder. */
    FILE_KIND("a manifest is a regular file"),
    /** The system lets it be read to its end. */
    READABLE("the file can be read"),
    /** Its name is {@code group-} and the number of its group in ten digits or more. */
    FILE_NAME("a manifest is named after its group, such as group-0000000012.json"),
    /** It has at most 64 MiB. */
    FILE_SIZE("a manifest has at most 64 MiB"),
    /** It ends with its checksum: a file that was cut off does not. */
    END("a manifest ends with its checksum, as in \"crc32c\":\"1a2b3c4d\"}"),
    /** The checksum is the CRC-32C of all bytes before its first digit. */
    CHECKSUM("the checksum is the CRC-32C of everything before it"),
    /** All bytes are characters. */
    UTF8("a manifest is valid UTF-8"),
    /** It is one JSON object as RFC 8259 has it, with nothing before or after. */
    JSON("a manifest is one JSON object"),
    /** The format's number is one that this version reads. */
    FORMAT("the format is 1"),
    /** All keys are known. */
    UNKNOWN_KEY("all keys are known"),
    /** No key that belongs there is missing. */
    MISSING_KEY("no key is missing"),
    /** Each key occurs once: readers would disagree which of two counts. */
    DUPLICATE_KEY("no key occurs twice"),
    /** Values are of the type that belongs there. */
    TYPE("each value has the type that belongs there"),
    /** Integers are written without fraction and exponent, and fit their range. */
    INTEGER("an integer has neither fraction nor exponent and fits its range"),
    /** Metrics are finite numbers, or one of three words for what is not finite. */
    NUMBER("a metric is a finite number, \"NaN\", \"Infinity\" or \"-Infinity\""),
    /** Lists and maps are bounded, so that a small file cannot fill the memory. */
    MEMBERS("a list or an object has at most 65,536 members"),
    /** The run is a UUID in lower case. */
    RUN("the run is a UUID"),
    /** The time is an instant in ISO 8601, as {@link java.time.Instant} writes it. */
    SAVED_AT("saved_at is an instant such as 2026-01-31T12:00:00Z"),
    /** A file's checksum has eight hexadecimal digits in lower case. */
    DIGEST("a CRC-32C has eight hexadecimal digits"),
    /** A set of groups is written as {@link GroupSet} writes it. */
    GROUP_SET("a set of groups is written such as 3,7,10-12"),
    /** Strings are of bounded length and have no half of a surrogate pair. */
    STRING("a string has at most 4,096 characters and no broken surrogates"),
    /** The name of a stream is one that a stream may have. */
    STREAM("a stream's name suits every file system"),
    /** Paths lead nowhere but into the directory, and not into the framework's own folder. */
    PATH("a path is relative and stays inside the directory"),
    /** A blob is named {@code tmp-} and a UUID. */
    BLOB("a blob is named tmp- and a UUID"),
    /** Groups are numbered from 1. */
    GROUP("groups are numbered from 1"),
    /** What is counted is not negative. */
    COUNT("epoch, global_step, saves and bytes are not negative"),
    /** A stream has one checkpoint in a group at most. */
    DUPLICATE_STREAM("a stream has at most one checkpoint in a group"),
    /** No path is written twice, or written and deleted by one group. */
    DUPLICATE_PATH("files, pointers and retired files of a group are different paths"),
    /** No two files were written under one temporary name. */
    DUPLICATE_BLOB("no two checkpoints have one blob"),
    /** A stream with a checkpoint in the group has a ledger. */
    RETENTION_MISSING("each stream of the group has a ledger"),
    /** What is kept was saved by this group or an earlier one. */
    RETENTION_GROUP("a ledger names no group after its own");

    private final String statement;

    ManifestRule(String statement) {
        this.statement = statement;
    }

    /** The rule as a clause, such as "no key is missing". */
    public String statement() {
        return statement;
    }
}
