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
 * What the values of a manifest must satisfy, whether it is to be written or has been read: then what one version writes,
 * every version reads, and no string leads out of the directory.
 */
final class ManifestCheck {
    /** Most members of a list or map. */
    static final int MAX_MEMBERS = 65_536;

    /** Most characters of a string. */
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
        members("$.ledgers", manifest.ledgers().size());
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
            String place = "$.pointers[" + i++ + "]";
            newPath(place + ".name", pointer.name());
            path(place + ".target", pointer.target());
        }
        i = 0;
        for (String superseded : manifest.superseded()) {
            newPath("$.retired[" + i++ + "]", superseded);
        }
        for (Map.Entry<String, RetainedGroups> ledger : manifest.ledgers().entrySet()) {
            stream("$.ledgers", ledger.getKey());
            ledger("$.ledgers." + ledger.getKey(), ledger.getValue());
        }
    }

    private void checkpoint(String place, StoredCheckpoint checkpoint) throws MalformedManifestException {
        stream(place + ".stream", checkpoint.stream());
        require(
                streams.add(checkpoint.stream()),
                ManifestRule.DUPLICATE_STREAM,
                place + ".stream",
                checkpoint.stream() + " has two checkpoints");
        require(
                manifest.ledgers().containsKey(checkpoint.stream()),
                ManifestRule.LEDGER_MISSING,
                place + ".stream",
                checkpoint.stream() + " has no ledger");
        newPath(place + ".file", checkpoint.file());
        String blob = checkpoint.blob().name();
        require(BLOB.matcher(blob).matches(), ManifestRule.BLOB, place + ".blob", "\"" + blob + "\" is not a blob");
        require(blobs.add(blob), ManifestRule.DUPLICATE_BLOB, place + ".blob", blob + " occurs twice");
        count(place + ".bytes", checkpoint.bytes());
        require(
                checkpoint.crc32c() >>> 32 == 0,
                ManifestRule.DIGEST,
                place + ".crc32c",
                checkpoint.crc32c() + " has more than 32 bits");
        if (checkpoint.derivation().isPresent()) {
            StoredCheckpoint.Derivation derivation = checkpoint.derivation().get();
            string(place + ".derivation.transform", derivation.transform());
            stream(place + ".derivation.source", derivation.source());
            string(place + ".derivation.source_digest", derivation.sourceDigest());
        }
    }

    private void ledger(String place, RetainedGroups ledger) throws MalformedManifestException {
        RetainedGroups.Kept kept = ledger.kept();
        for (GroupSet groups : List.of(kept.topK(), kept.newest(), kept.everyNth())) {
            require(
                    groups.isUpTo(manifest.group()),
                    ManifestRule.LEDGER_GROUP,
                    place,
                    "a group after " + manifest.group() + " is kept");
        }
        pointed(place + ".last", ledger.last());
        pointed(place + ".best", ledger.best());
        if (ledger.onException().isPresent()) {
            ledgerGroup(place + ".rescue", ledger.onException().getAsLong());
        }
        count(place + ".saves", ledger.saves());
    }

    private void pointed(String place, Optional<RetainedGroups.Pointed> pointed) throws MalformedManifestException {
        if (pointed.isPresent()) {
            path(place + ".name", pointed.get().name());
            ledgerGroup(place + ".group", pointed.get().group());
        }
    }

    private void ledgerGroup(String place, long group) throws MalformedManifestException {
        group(place, group);
        require(
                group <= manifest.group(),
                ManifestRule.LEDGER_GROUP,
                place,
                group + " comes after " + manifest.group());
    }

    private void group(String place, long group) throws MalformedManifestException {
        require(group >= 1, ManifestRule.GROUP, place, "the group has the number " + group);
    }

    private void members(String place, int count) throws MalformedManifestException {
        require(count <= MAX_MEMBERS, ManifestRule.MEMBERS, place, "there are " + count);
    }

    private void count(String place, long count) throws MalformedManifestException {
        require(count >= 0, ManifestRule.COUNT, place, count + " is negative");
    }

    /** A path that the group writes or deletes. */
    private void newPath(String place, String path) throws MalformedManifestException {
        path(place, path);
        require(paths.add(path), ManifestRule.DUPLICATE_PATH, place, "\"" + path + "\" occurs twice");
    }

    private void path(String place, String path) throws MalformedManifestException {
        string(place, path);
        Optional<String> problem = RelativeName.problem(path);
        if (problem.isPresent()) {
            throw new MalformedManifestException(
                    file, ManifestRule.PATH, place, "\"" + path + "\" is not a path: " + problem.get());
        }
    }

    private void stream(String place, String stream) throws MalformedManifestException {
        string(place, stream);
        Optional<String> problem = StreamName.problem(stream);
        if (problem.isPresent()) {
            throw new MalformedManifestException(file, ManifestRule.STREAM, place, problem.get());
        }
    }

    private void string(String place, String string) throws MalformedManifestException {
        require(
                string.length() <= MAX_STRING,
                ManifestRule.STRING,
                place,
                "a string has " + string.length() + " characters");
        for (int i = 0; i < string.length(); i++) {
            if (Character.isSurrogate(string.charAt(i))) {
                boolean isPair =
                        i + 1 < string.length() && Character.isSurrogatePair(string.charAt(i), string.charAt(i + 1));
                require(isPair, ManifestRule.STRING, place, "a string has half of a surrogate pair at " + i);
                i++;
            }
        }
    }

    private void require(boolean holds, ManifestRule rule, String place, String reason)
            throws MalformedManifestException {
        if (!holds) {
            throw new MalformedManifestException(file, rule, place, reason);
        }
    }
}
