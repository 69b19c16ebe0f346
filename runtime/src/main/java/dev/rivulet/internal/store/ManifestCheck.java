package dev.rivulet.internal.store;

import dev.rivulet.policy.RelativeName;
import dev.rivulet.policy.StreamName;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Checks the values of a manifest, both before writing and after reading. So each version can read what another one
 * wrote, and no path leads out of the directory.
 */
final class ManifestCheck {
    /** Maximum number of members of a list or map. */
    static final int MAX_MEMBERS = 65_536;

    /** Maximum number of characters of a string. */
    private static final int MAX_STRING = 4096;

    private static final Pattern BLOB =
            Pattern.compile("tmp-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private final String file;
    private final Manifest manifest;
    private final Set<String> paths = new HashSet<>();
    private final Set<String> blobs = new HashSet<>();
    private final Set<String> streams = new HashSet<>();

    private ManifestCheck(String file, Manifest manifest) {
        this.file = file;
        this.manifest = manifest;
    }

    /**
     * Checks a manifest.
     *
     * @param file the file's name, for messages
     * @throws MalformedManifestException for the first violation
     */
    static void check(String file, Manifest manifest) throws MalformedManifestException {
        new ManifestCheck(file, manifest).check();
    }

    private void check() throws MalformedManifestException {
        members("$.metrics", manifest.origin().metrics().size());
        members("$.checkpoints", manifest.checkpoints().size());
        members("$.pointers", manifest.pointers().size());
        members("$.retired", manifest.superseded().size());
        members("$.ledgers", manifest.retained().size());
        group("$.group", manifest.group());
        count("$.epoch", manifest.origin().epoch());
        count("$.global_step", manifest.origin().globalStep());
        string("$.version", manifest.origin().version());
        for (String metric : manifest.origin().metrics().keySet()) {
            string("$.metrics", metric);
        }
        int i = 0;
        for (StoredCheckpoint checkpoint : manifest.checkpoints()) {
            checkpoint("$.checkpoints[" + i++ + "]", checkpoint);
        }
        i = 0;
        for (Manifest.Pointer pointer : manifest.pointers()) {
            String location = "$.pointers[" + i++ + "]";
            newPath(location + ".name", pointer.name());
            path(location + ".target", pointer.target());
        }
        i = 0;
        for (String superseded : manifest.superseded()) {
            newPath("$.retired[" + i++ + "]", superseded);
        }
        for (Map.Entry<String, RetainedGroups> retainedGroups :
                manifest.retained().entrySet()) {
            stream("$.ledgers", retainedGroups.getKey());
            retainedGroups("$.ledgers." + retainedGroups.getKey(), retainedGroups.getValue());
        }
    }

    private void checkpoint(String location, StoredCheckpoint checkpoint) throws MalformedManifestException {
        stream(location + ".stream", checkpoint.stream());
        require(
                streams.add(checkpoint.stream()),
                ManifestRule.DUPLICATE_STREAM,
                location + ".stream",
                checkpoint.stream() + " has two checkpoints");
        require(
                manifest.retained().containsKey(checkpoint.stream()),
                ManifestRule.RETENTION_MISSING,
                location + ".stream",
                checkpoint.stream() + " has no entry in ledgers");
        newPath(location + ".file", checkpoint.file());
        String blob = checkpoint.blob().name();
        require(BLOB.matcher(blob).matches(), ManifestRule.BLOB, location + ".blob", "\"" + blob + "\" is not a blob");
        require(blobs.add(blob), ManifestRule.DUPLICATE_BLOB, location + ".blob", blob + " occurs twice");
        count(location + ".bytes", checkpoint.bytes());
        require(
                checkpoint.crc32c() >>> 32 == 0,
                ManifestRule.DIGEST,
                location + ".crc32c",
                checkpoint.crc32c() + " has more than 32 bits");
        if (checkpoint.derivation().isPresent()) {
            StoredCheckpoint.Derivation derivation = checkpoint.derivation().get();
            string(location + ".derivation.transform", derivation.transform());
            stream(location + ".derivation.source", derivation.source());
            string(location + ".derivation.source_digest", derivation.sourceDigest());
        }
    }

    private void retainedGroups(String location, RetainedGroups retainedGroups) throws MalformedManifestException {
        RetainedGroups.Kept kept = retainedGroups.kept();
        for (GroupSet groups : List.of(kept.topK(), kept.newest(), kept.everyNth(), retainedGroups.rolledBack())) {
            require(
                    groups.isUpTo(manifest.group()),
                    ManifestRule.RETENTION_GROUP,
                    location,
                    "a group after " + manifest.group() + " is retained");
        }
        pointed(location + ".last", retainedGroups.last());
        pointed(location + ".best", retainedGroups.best());
        if (retainedGroups.onException().isPresent()) {
            retainedGroup(location + ".rescue", retainedGroups.onException().getAsLong());
        }
        count(location + ".saves", retainedGroups.saves());
    }

    private void pointed(String location, Optional<RetainedGroups.Pointed> pointed) throws MalformedManifestException {
        if (pointed.isPresent()) {
            path(location + ".name", pointed.get().name());
            retainedGroup(location + ".group", pointed.get().group());
        }
    }

    private void retainedGroup(String location, long group) throws MalformedManifestException {
        group(location, group);
        require(
                group <= manifest.group(),
                ManifestRule.RETENTION_GROUP,
                location,
                group + " comes after " + manifest.group());
    }

    private void group(String location, long group) throws MalformedManifestException {
        require(group >= 1, ManifestRule.GROUP, location, "the group has the number " + group);
    }

    private void members(String location, int count) throws MalformedManifestException {
        require(count <= MAX_MEMBERS, ManifestRule.MEMBERS, location, "there are " + count + " members");
    }

    private void count(String location, long count) throws MalformedManifestException {
        require(count >= 0, ManifestRule.COUNT, location, count + " is negative");
    }

    /** A path that the group writes or deletes. */
    private void newPath(String location, String path) throws MalformedManifestException {
        path(location, path);
        require(paths.add(path), ManifestRule.DUPLICATE_PATH, location, "\"" + path + "\" occurs twice");
    }

    private void path(String location, String path) throws MalformedManifestException {
        string(location, path);
        Optional<String> problem = RelativeName.problem(path);
        if (problem.isPresent()) {
            throw new MalformedManifestException(
                    file, ManifestRule.PATH, location, "\"" + path + "\" is not a path: " + problem.get());
        }
    }

    private void stream(String location, String stream) throws MalformedManifestException {
        string(location, stream);
        Optional<String> problem = StreamName.problem(stream);
        if (problem.isPresent()) {
            throw new MalformedManifestException(file, ManifestRule.STREAM, location, problem.get());
        }
    }

    private void string(String location, String string) throws MalformedManifestException {
        require(
                string.length() <= MAX_STRING,
                ManifestRule.STRING,
                location,
                "the string has " + string.length() + " characters");
        for (int i = 0; i < string.length(); i++) {
            if (Character.isSurrogate(string.charAt(i))) {
                boolean isPair =
                        i + 1 < string.length() && Character.isSurrogatePair(string.charAt(i), string.charAt(i + 1));
                require(isPair, ManifestRule.STRING, location, "the string has an unpaired surrogate at index " + i);
                i++;
            }
        }
    }

    private void require(boolean holds, ManifestRule rule, String location, String reason)
            throws MalformedManifestException {
        if (!holds) {
            throw new MalformedManifestException(file, rule, location, reason);
        }
    }
}
