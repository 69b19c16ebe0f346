package dev.rivulet.internal.store;

import static dev.rivulet.internal.store.ManifestRule.BLOB;
import static dev.rivulet.internal.store.ManifestRule.CHECKSUM;
import static dev.rivulet.internal.store.ManifestRule.COUNT;
import static dev.rivulet.internal.store.ManifestRule.DIGEST;
import static dev.rivulet.internal.store.ManifestRule.DUPLICATE_BLOB;
import static dev.rivulet.internal.store.ManifestRule.DUPLICATE_KEY;
import static dev.rivulet.internal.store.ManifestRule.DUPLICATE_PATH;
import static dev.rivulet.internal.store.ManifestRule.DUPLICATE_STREAM;
import static dev.rivulet.internal.store.ManifestRule.END;
import static dev.rivulet.internal.store.ManifestRule.FILE_KIND;
import static dev.rivulet.internal.store.ManifestRule.FILE_NAME;
import static dev.rivulet.internal.store.ManifestRule.FILE_SIZE;
import static dev.rivulet.internal.store.ManifestRule.FORMAT;
import static dev.rivulet.internal.store.ManifestRule.GROUP;
import static dev.rivulet.internal.store.ManifestRule.GROUP_SET;
import static dev.rivulet.internal.store.ManifestRule.INTEGER;
import static dev.rivulet.internal.store.ManifestRule.JSON;
import static dev.rivulet.internal.store.ManifestRule.MEMBERS;
import static dev.rivulet.internal.store.ManifestRule.MISSING_KEY;
import static dev.rivulet.internal.store.ManifestRule.NUMBER;
import static dev.rivulet.internal.store.ManifestRule.PATH;
import static dev.rivulet.internal.store.ManifestRule.READABLE;
import static dev.rivulet.internal.store.ManifestRule.RETENTION_GROUP;
import static dev.rivulet.internal.store.ManifestRule.RETENTION_MISSING;
import static dev.rivulet.internal.store.ManifestRule.RUN;
import static dev.rivulet.internal.store.ManifestRule.SAVED_AT;
import static dev.rivulet.internal.store.ManifestRule.STREAM;
import static dev.rivulet.internal.store.ManifestRule.STRING;
import static dev.rivulet.internal.store.ManifestRule.TYPE;
import static dev.rivulet.internal.store.ManifestRule.UNKNOWN_KEY;
import static dev.rivulet.internal.store.ManifestRule.UTF8;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ManifestRuleTest {
    private static final String EXAMPLE = new String(ManifestJson.encode(ManifestJsonTest.example()), UTF_8);
    private static final String CHECKPOINTS =
            EXAMPLE.substring(EXAMPLE.indexOf("{\"stream\""), EXAMPLE.indexOf("],\"pointers\""));

    @TempDir
    Path root;

    @ParameterizedTest
    @MethodSource("violations")
    void isEnforced(ManifestRule rule, String location, byte[] file) {
        MalformedManifestException violation = violation(file);

        assertThat(violation.rule()).as(violation.getMessage()).isEqualTo(rule);
        assertThat(violation.location()).as(violation.getMessage()).isEqualTo(location);
    }

    @ParameterizedTest
    @MethodSource("files")
    void isEnforcedForFiles(ManifestRule rule, String name, FileContent content) throws IOException {
        content.create(Files.createDirectory(root.resolve(".rivulet")).resolve(name));

        assertThat(Catalog.read(root).damaged())
                .extracting(damaged -> damaged.reason().rule())
                .containsExactly(rule);
    }

    @Test
    void isEnforcedForUnreadableFiles() throws IOException {
        Path archive = archiveWithBrokenEntry(".rivulet/group-0000000012.json");
        try (FileSystem files = FileSystems.newFileSystem(archive)) {
            Catalog catalog = Catalog.read(files.getPath("/"));

            assertThat(catalog.damaged()).singleElement().satisfies(damaged -> {
                assertThat(damaged.reason().rule()).isEqualTo(READABLE);
                assertThat(damaged.reason()).hasCauseInstanceOf(ZipException.class);
            });
        }
    }

    @Test
    void eachRuleHasATest() {
        Set<Object> tested = Stream.concat(violations(), files())
                .map(violation -> violation.get()[0])
                .collect(Collectors.toSet());
        tested.add(READABLE); // In the test above.

        assertThat(tested).isEqualTo(EnumSet.allOf(ManifestRule.class));
    }

    @Test
    void isNamedWithFileLocationAndRemedy() {
        MalformedManifestException violation = violation(replaced("\"bytes\":1024", "\"bytes\":\"1024\""));

        assertThat(violation)
                .hasMessage("group-0000000012.json is not a valid manifest: at $.checkpoints[0].bytes, an integer is"
                        + " expected (rule TYPE: each value has the expected type). It is damaged, incomplete or in"
                        + " another format. Its checkpoints cannot be identified; use an earlier group.");
        assertThat(violation.file()).isEqualTo("group-0000000012.json");
        assertThat(violation.reason()).isEqualTo("an integer is expected");
    }

    @Test
    void messageTruncatesAndEscapesHostileStrings() {
        MalformedManifestException violation =
                violation(replaced("half-epoch=4.safetensors", "/\\u001b[31m" + "x".repeat(4000)));

        assertThat(violation.rule()).isEqualTo(PATH);
        assertThat(violation.getMessage()).hasSizeLessThan(800).doesNotContain("\u001b");
    }

    static Stream<Arguments> violations() {
        return Stream.of(envelope(), syntax(), values(), semantics()).flatMap(all -> all);
    }

    static Stream<Arguments> files() {
        byte[] example = EXAMPLE.getBytes(UTF_8);
        return Stream.of(
                file(FILE_KIND, "group-0000000012.json", Files::createDirectory),
                file(FILE_NAME, "group-12.json", path -> Files.write(path, example)),
                file(FILE_NAME, "group-0000000013.json", path -> Files.write(path, example)),
                file(FILE_NAME, "group-0000000000.json", path -> Files.write(path, example)),
                file(FILE_NAME, "group-9999999999999999999.json", path -> Files.write(path, example)));
    }

    private static Stream<Arguments> envelope() {
        return Stream.of(
                arguments(FILE_SIZE, "$", new byte[ManifestJson.MAX_BYTES + 1]),
                arguments(END, "$", new byte[0]),
                arguments(END, "$", EXAMPLE.stripTrailing().getBytes(UTF_8)),
                arguments(END, "$", EXAMPLE.concat("\n").getBytes(UTF_8)),
                arguments(
                        CHECKSUM,
                        "$.crc32c",
                        EXAMPLE.replace("8a3cab44", "8A3CAB44").getBytes(UTF_8)),
                arguments(
                        CHECKSUM,
                        "$.crc32c",
                        EXAMPLE.replace("epoch=7", "epoch=8").getBytes(UTF_8)));
    }

    private static Stream<Arguments> syntax() {
        return Stream.of(
                arguments(
                        UTF8,
                        "byte " + EXAMPLE.indexOf("0.1.0"),
                        sealed(EXAMPLE.replace("0.1.0", "\u00ff").getBytes(ISO_8859_1))),
                arguments(
                        UTF8,
                        "byte " + EXAMPLE.indexOf("0.1.0"),
                        sealed(latin1("\u00ed\u00a0\u0080"))), // The three bytes of a surrogate.
                violation(JSON, "$", "{\"format\"", "\ufeff{\"format\""),
                violation(JSON, "$", "{\"format\"", " {\"format\""),
                violation(JSON, "$.format", "\"format\":1,", "\"format\":01,"),
                violation(JSON, "$.format", "\"format\":1,", "\"format\":1,,"),
                violation(JSON, "$", "\"format\":1,", "'format':1,"),
                violation(JSON, "$.version", "0.1.0", "\u0000"),
                violation(JSON, "$.version", "0.1.0", "\\x"),
                violation(JSON, "$.version", "0.1.0", "\\u00g0"),
                violation(JSON, "$.checkpoints[0].bytes", ":1024", ":1e"),
                violation(JSON, "$", "\"}\n", "\"} {\"crc32c\":\"00000000\"}\n"),
                violation(FORMAT, "$.format", "\"format\":1", "\"format\":2"),
                violation(UNKNOWN_KEY, "$.also", "\"crc32c\":\"8a", "\"also\":1,\"crc32c\":\"8a"),
                violation(UNKNOWN_KEY, "$.ledgers.half.also", "\"saves\":8", "\"saves\":8,\"also\":{}"),
                violation(MISSING_KEY, "$.group", "\"group\":12,\"run", "\"run"),
                violation(MISSING_KEY, "$.checkpoints[0].bytes", "\"bytes\":1024,", ""),
                violation(MISSING_KEY, "$.ledgers.half.saves", ",\"saves\":8", ""),
                violation(MISSING_KEY, "$.ledgers.half.newest", "\"newest\":\"\",", ""),
                violation(MISSING_KEY, "$.ledgers.half.last.group", "\"group\":12,\"linked\"", "\"linked\""),
                violation(MISSING_KEY, "$.pointers[0].linked", ",\"linked\":true}]", "}]"),
                violation(MISSING_KEY, "$.metrics", "\"metrics\":{\"val_loss\":0.25},", ""),
                violation(DUPLICATE_KEY, "$.epoch", "\"epoch\":7", "\"epoch\":7,\"epoch\":7"),
                violation(DUPLICATE_KEY, "$.metrics.val_loss", ":0.25},\"chec", ":0.25,\"val_loss\":1},\"chec"));
    }

    private static Stream<Arguments> values() {
        return Stream.of(
                violation(TYPE, "$.epoch", "\"epoch\":7", "\"epoch\":\"7\""),
                violation(TYPE, "$.epoch", "\"epoch\":7", "\"epoch\":null"),
                violation(TYPE, "$.version", "\"0.1.0\"", "1"),
                violation(TYPE, "$.version", "\"0.1.0\"", "true"),
                violation(TYPE, "$.metrics", "{\"val_loss\":0.25}", "[0.25]"),
                violation(TYPE, "$.metrics.val_loss", ":0.25},\"chec", ":null},\"chec"),
                violation(TYPE, "$.pointers[0].linked", "\"linked\":true}]", "\"linked\":1}]"),
                violation(TYPE, "$.pointers[0].linked", "\"linked\":true}]", "\"linked\":\"true\"}]"),
                violation(TYPE, "$.retired[0]", "\"half-epoch=4.safetensors\"", "[[[]]]"),
                violation(TYPE, "$.retired[0]", "\"half-epoch=4.safetensors\"", "null"),
                violation(TYPE, "$.retired", "[\"half-epoch=4.safetensors\"]", "null"),
                violation(TYPE, "$.ledgers.half", "\"half\":{\"kept\"", "\"half\":null,\"x\":{\"kept\""),
                violation(TYPE, "$.checkpoints[0].score", "\"score\":0.25", "\"score\":null"),
                violation(TYPE, "$.ledgers.half.rescue", "\"rescue\":5", "\"rescue\":null"),
                violation(INTEGER, "$.global_step", "\"global_step\":800", "\"global_step\":8e2"),
                violation(INTEGER, "$.global_step", "\"global_step\":800", "\"global_step\":800.0"),
                violation(INTEGER, "$.global_step", "\"global_step\":800", "\"global_step\":-0"),
                violation(INTEGER, "$.global_step", ":800", ":9223372036854775808"),
                violation(INTEGER, "$.epoch", "\"epoch\":7", "\"epoch\":2147483648"),
                violation(NUMBER, "$.metrics.val_loss", ":0.25},\"chec", ":1e999},\"chec"),
                violation(NUMBER, "$.metrics.val_loss", ":0.25},\"chec", ":\"0.25\"},\"chec"),
                violation(NUMBER, "$.checkpoints[0].score", "\"score\":0.25", "\"score\":\"inf\""),
                violation(MEMBERS, "$.retired[65536]", "\"retired\":[", "\"retired\":[" + "\"x\",".repeat(65_536)),
                violation(RUN, "$.run", "00000000-0000-0001-0000-000000000002", "0-0-1-0-2"),
                violation(RUN, "$.run", "00000000-0000-0001-0000-000000000002", "run"),
                violation(SAVED_AT, "$.saved_at", "2026-01-31T12:00:00Z", "2026-02-31T12:00:00Z"),
                violation(SAVED_AT, "$.saved_at", "2026-01-31T12:00:00Z", "2026-01-31T12:00Z"),
                violation(DIGEST, "$.checkpoints[0].crc32c", "\"0a2b3c4d\"", "\"0A2B3C4D\""),
                violation(DIGEST, "$.checkpoints[0].crc32c", "\"0a2b3c4d\"", "\"a2b3c4d\""),
                violation(GROUP_SET, "$.ledgers.half.kept", "9,11-12", "9,11,12"),
                violation(GROUP_SET, "$.ledgers.half.kept", "9,11-12", "0"));
    }

    private static Stream<Arguments> semantics() {
        return Stream.of(
                violation(STRING, "$.version", "0.1.0", "\\ud83d"),
                violation(STRING, "$.version", "0.1.0", "\\ude00\\ud83d"),
                violation(STRING, "$.version", "0.1.0", "x".repeat(4097)),
                violation(STRING, "$.metrics", "val_loss", "x".repeat(4097)),
                violation(STREAM, "$.checkpoints[0].stream", "\"stream\":\"half\"", "\"stream\":\"a/b\""),
                violation(STREAM, "$.ledgers", "{\"half\":", "{\"last\":{},\"half\":".replace("{}", retainedGroups())),
                violation(PATH, "$.retired[0]", "half-epoch=4.safetensors", ""),
                violation(PATH, "$.retired[0]", "half-epoch=4.safetensors", "/etc/passwd"),
                violation(PATH, "$.retired[0]", "half-epoch=4.safetensors", "C:\\\\x"),
                violation(PATH, "$.retired[0]", "half-epoch=4.safetensors", "a/../../x"),
                violation(PATH, "$.retired[0]", "half-epoch=4.safetensors", "a//x"),
                violation(PATH, "$.retired[0]", "half-epoch=4.safetensors", "a/."),
                violation(PATH, "$.retired[0]", "half-epoch=4.safetensors", ".rivulet/lock"),
                violation(PATH, "$.retired[0]", "half-epoch=4.safetensors", ".RIVULET"),
                violation(PATH, "$.retired[0]", "half-epoch=4.safetensors", "a\\u0000"),
                violation(PATH, "$.checkpoints[0].file", "\"file\":\"half", "\"file\":\"../half"),
                violation(PATH, "$.pointers[0].name", "[{\"name\":\"", "[{\"name\":\"/"),
                violation(PATH, "$.pointers[0].target", "\"target\":\"", "\"target\":\"../"),
                violation(PATH, "$.ledgers.half.last.name", "\"last\":{\"name\":\"", "\"last\":{\"name\":\"/"),
                violation(BLOB, "$.checkpoints[0].blob", "tmp-00000000", "tmp-0000000"),
                violation(BLOB, "$.checkpoints[0].blob", "tmp-00000000", "../0000000"),
                violation(BLOB, "$.checkpoints[0].blob", "000004\"", "000004\\n\""),
                violation(GROUP, "$.group", "\"group\":12,\"run\"", "\"group\":0,\"run\""),
                violation(GROUP, "$.ledgers.half.rescue", "\"rescue\":5", "\"rescue\":0"),
                violation(COUNT, "$.epoch", "\"epoch\":7", "\"epoch\":-1"),
                violation(COUNT, "$.global_step", "\"global_step\":800", "\"global_step\":-1"),
                violation(COUNT, "$.checkpoints[0].bytes", ":1024", ":-1"),
                violation(COUNT, "$.ledgers.half.saves", "\"saves\":8", "\"saves\":-8"),
                violation(DUPLICATE_STREAM, "$.checkpoints[1].stream", CHECKPOINTS, CHECKPOINTS + "," + CHECKPOINTS),
                violation(DUPLICATE_PATH, "$.retired[0]", "half-epoch=4.safetensors", "half-epoch=7.safetensors"),
                violation(DUPLICATE_PATH, "$.pointers[0].name", "[{\"name\":\"last", "[{\"name\":\"half-epoch=7"),
                arguments(
                        DUPLICATE_BLOB,
                        "$.checkpoints[1].blob",
                        sealed(withTwoStreams().getBytes(UTF_8))),
                violation(RETENTION_MISSING, "$.checkpoints[0].stream", "\"stream\":\"half\"", "\"stream\":\"other\""),
                violation(RETENTION_GROUP, "$.ledgers.half", "9,11-12", "9,11-13"),
                violation(RETENTION_GROUP, "$.ledgers.half.rescue", "\"rescue\":5", "\"rescue\":13"),
                violation(
                        RETENTION_GROUP,
                        "$.ledgers.half.last.group",
                        "\"group\":12,\"linked\"",
                        "\"group\":13,\"linked\""));
    }

    private static String withTwoStreams() {
        String second = CHECKPOINTS
                .replace("\"stream\":\"half\"", "\"stream\":\"other\"")
                .replace("half-epoch", "x");
        return EXAMPLE.replace(CHECKPOINTS, CHECKPOINTS + "," + second)
                .replace("\"ledgers\":{", "\"ledgers\":{\"other\":" + retainedGroups() + ",");
    }

    private static String retainedGroups() {
        return "{\"kept\":\"\",\"newest\":\"\",\"kept_for_ever\":\"\",\"saves\":0}";
    }

    private static byte[] latin1(String version) {
        return EXAMPLE.replace("0.1.0", version).getBytes(ISO_8859_1);
    }

    private static Arguments violation(ManifestRule rule, String location, String from, String to) {
        return arguments(rule, location, replaced(from, to));
    }

    private static byte[] replaced(String from, String to) {
        assertThat(EXAMPLE).contains(from);
        return sealed(EXAMPLE.replace(from, to).getBytes(UTF_8));
    }

    /** The file with a correct checksum. */
    static byte[] sealed(byte[] file) {
        int digits = file.length - 11;
        CRC32C crc = new CRC32C();
        crc.update(file, 0, digits);
        byte[] sealed = Arrays.copyOf(file, file.length);
        System.arraycopy(HexFormat.of().toHexDigits(crc.getValue(), 8).getBytes(UTF_8), 0, sealed, digits, 8);
        return sealed;
    }

    /** An archive that lists a file but fails to read it, like a disk with a bad sector. */
    private Path archiveWithBrokenEntry(String name) throws IOException {
        Path archive = root.resolve("archive.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(EXAMPLE.getBytes(UTF_8));
        }
        byte[] bytes = Files.readAllBytes(archive);
        int content = 30 + name.length(); // After the entry's header.
        Arrays.fill(bytes, content, content + 16, (byte) 0xFF);
        return Files.write(archive, bytes);
    }

    private static MalformedManifestException violation(byte[] file) {
        try {
            ManifestJson.decode("group-0000000012.json", file);
        } catch (MalformedManifestException e) {
            return e;
        }
        throw new AssertionError("The manifest was accepted.");
    }

    private static Arguments file(ManifestRule rule, String name, FileContent content) {
        return arguments(rule, name, content);
    }

    @FunctionalInterface
    private interface FileContent {
        Object create(Path path) throws IOException;
    }
}
