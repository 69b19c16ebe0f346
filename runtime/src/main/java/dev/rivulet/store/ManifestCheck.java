package dev.rivulet.store;

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
 * every version reads, and no text leads out of the directory.
 */
final class ManifestCheck {
    /** Most members of a list or map. */
    static final int MAX_MEMBERS = 65_536;

    /** Most characters of a text. */
    static final int MAX_TEXT = 4096;

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
        members("$.metrics", manifest.metrics().size());
        members("$.checkpoints", manifest.checkpoints().size());
        members("$.pointers", manifest.pointers().size());
        members("$.retired", manifest.retired().size());
        members("$.ledgers", manifest.ledgers().size());
        group("$.group", manifest.group());
        count("$.epoch", manifest.epoch());
        count("$.global_step", manifest.globalStep());
        text("$.version", manifest.version());
        for (String metric : manifest.metrics().keySet()) {
            text("$.metrics", metric);
        }
        int i = 0;
        for (StoredCheckpoint checkpoint : manifest.checkpoints()) {
            checkpoint("$.checkpoints[" + i++ + "]", checkpoint);
        }
        i = 0;
        for (Pointer pointer : manifest.pointers()) {
            String place = "$.pointers[" + i++ + "]";
            newPath(place + ".name", pointer.name());
            path(place + ".target", pointer.target());
        }
        i = 0;
        for (String retired : manifest.retired()) {
            newPath("$.retired[" + i++ + "]", retired);
        }
        for (Map.Entry<String, Ledger> ledger : manifest.ledgers().entrySet()) {
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
        String blob = checkpoint.blob();
        require(BLOB.matcher(blob).matches(), ManifestRule.BLOB, place + ".blob", "\"" + blob + "\" is no blob");
        require(blobs.add(blob), ManifestRule.DUPLICATE_BLOB, place + ".blob", blob + " comes twice");
        count(place + ".bytes", checkpoint.bytes());
        require(
                checkpoint.crc32c() >>> 32 == 0,
                ManifestRule.DIGEST,
                place + ".crc32c",
                checkpoint.crc32c() + " has more than 32 bits");
        if (checkpoint.derivation().isPresent()) {
            StoredCheckpoint.Derivation derivation = checkpoint.derivation().get();
            text(place + ".derivation.transform", derivation.transform());
            stream(place + ".derivation.source", derivation.source());
            text(place + ".derivation.source_digest", derivation.sourceDigest());
        }
    }

    private void ledger(String place, Ledger ledger) throws MalformedManifestException {
        for (GroupSet groups : List.of(ledger.kept(), ledger.newest(), ledger.keptForEver())) {
            require(
                    groups.isUpTo(manifest.group()),
                    ManifestRule.LEDGER_GROUP,
                    place,
                    "a group after " + manifest.group() + " is kept");
        }
        pointed(place + ".last", ledger.last());
        pointed(place + ".best", ledger.best());
        if (ledger.rescue().isPresent()) {
            ledgerGroup(place + ".rescue", ledger.rescue().getAsLong());
        }
        count(place + ".saves", ledger.saves());
    }

    private void pointed(String place, Optional<Ledger.Pointed> pointed) throws MalformedManifestException {
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
        require(paths.add(path), ManifestRule.DUPLICATE_PATH, place, "\"" + path + "\" comes twice");
    }

    private void path(String place, String path) throws MalformedManifestException {
        text(place, path);
        Optional<String> problem = RelativeName.problem(path);
        if (problem.isPresent()) {
            throw new MalformedManifestException(
                    file, ManifestRule.PATH, place, "\"" + path + "\" is no path: " + problem.get());
        }
    }

    private void stream(String place, String stream) throws MalformedManifestException {
        text(place, stream);
        Optional<String> problem = StreamName.problem(stream);
        if (problem.isPresent()) {
            throw new MalformedManifestException(file, ManifestRule.STREAM, place, problem.get());
        }
    }

    private void text(String place, String text) throws MalformedManifestException {
        require(text.length() <= MAX_TEXT, ManifestRule.TEXT, place, "a text has " + text.length() + " characters");
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                boolean isPair = i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
                require(isPair, ManifestRule.TEXT, place, "a text has half of a surrogate pair at " + i);
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
