package dev.rivulet.internal.format.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rivulet.checkpoint.MalformedTorchFileException;
import dev.rivulet.checkpoint.TorchRule;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Hostile and malformed files, each with the rule that it violates. */
class TorchRuleTest {
    private static final String STORAGE = "(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0" + "0X\3\0\0\0cpuK\4tQ";
    private static final String HOOKS = "ccollections\nOrderedDict\n)R";
    private static final String REBUILD = "ctorch._utils\n_rebuild_tensor_v2\n(";

    @ParameterizedTest
    @MethodSource("violations")
    void isEnforced(TorchRule rule, byte[] file) {
        assertThat(violation(file)).isEqualTo(rule);
    }

    @Test
    void eachRuleHasATest() {
        Set<Object> tested = violations().map(violation -> violation.get()[0]).collect(Collectors.toSet());
        // For a file that is truncated while it is read; refusesAFileThatIsTruncatedMeanwhile tests it.
        tested.add(TorchRule.FILE_LENGTH);

        assertThat(tested).isEqualTo(EnumSet.allOf(TorchRule.class));
    }

    @Test
    void refusesAFileThatIsTruncatedMeanwhile() throws IOException {
        byte[] whole = file("N.");
        ZipInput cut = new ZipInput("file", whole.length, (target, position) -> -1);

        assertThat(violation(cut)).isEqualTo(TorchRule.FILE_LENGTH);
    }

    @Test
    void acceptsTheFilesFromWhichViolationsAreMade() throws IOException {
        for (String pickle : new String[] {"N.", tensor("K\0", "K\2K\2\u0086", "K\2K\1\u0086"), HOOKS + ".", "]."}) {
            TorchArchive.read(TorchFiles.input(file(pickle)));
        }
    }

    @Test
    void namesTheRefusedClass() {
        assertThat(message(file("cposix\nsystem\nX\2\0\0\0ls\u0085R.")))
                .contains("posix.system", "at byte 2 of data.pkl");
    }

    /** A number type, a string type and a range have these names in files of {@code torch.save}. */
    @Test
    void recognizesBuiltinsByTheirPython2Names() throws IOException {
        String pickle = "c__builtin__\nlong\nc__builtin__\nunicode\nc__builtin__\nxrange\nK\0K\3K\1\u0087R\u0087.";

        assertThat(TorchArchive.read(TorchFiles.input(file(pickle))).content())
                .isEqualTo(TorchValue.Items.tuple(
                        new TorchValue.Global("builtins.int"),
                        new TorchValue.Global("builtins.str"),
                        new TorchValue.PythonObject(
                                "builtins.range",
                                true,
                                List.of(TorchValue.of(0), TorchValue.of(3), TorchValue.of(1)),
                                Map.of(),
                                TorchValue.None.NONE)));
    }

    static TorchRule violation(byte[] file) {
        return violation(TorchFiles.input(file));
    }

    private static TorchRule violation(ZipInput input) {
        try {
            TorchArchive.read(input);
        } catch (MalformedTorchFileException e) {
            return e.rule();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("The file was accepted.");
    }

    private static String message(byte[] file) {
        try {
            TorchArchive.read(TorchFiles.input(file));
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
        throw new AssertionError("The file was accepted.");
    }

    static Stream<Arguments> violations() {
        return Stream.of(zips(), machine(), numbers(), names(), tensors(), values())
                .flatMap(each -> each);
    }

    private static Stream<Arguments> zips() {
        return Stream.of(
                arguments(TorchRule.FILE_FORMAT, new byte[3]),
                arguments(TorchRule.FILE_FORMAT, new byte[100]),
                arguments(
                        TorchRule.LEGACY_FORMAT,
                        TorchFiles.ascii("\u0080\2\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.")),
                changed(TorchRule.END_RECORD, file -> file.put(file.limit() - 2, (byte) 1)),
                arguments(TorchRule.END_RECORD, Arrays.copyOf(file("N."), file("N.").length + 1)),
                arguments(TorchRule.END_RECORD, Arrays.copyOf(file("N."), 10)),
                changed(TorchRule.MULTIPLE_DISKS, file -> file.put(file.limit() - 18, (byte) 1)),
                changed(TorchRule.MULTIPLE_DISKS, file -> file.put(directory(file) + 34, (byte) 1)),
                changed(TorchRule.ZIP64, file -> file.put(file.limit() - 22 - 20 + 8, (byte) 1)),
                changed(TorchRule.ZIP64, file -> file.put(file.limit() - 22 - 20 - 56, (byte) 1)),
                changed(TorchRule.ZIP64, file -> file.put(file.limit() - 6, (byte) 1)),
                changed(TorchRule.ENTRY_COUNT, file -> counts(file, 3)),
                changed(TorchRule.ENTRY_COUNT, file -> counts(file, 5)),
                changed(TorchRule.ENTRY_COUNT, file -> counts(file, -1)),
                changed(TorchRule.DIRECTORY, file -> file.put(directory(file), (byte) 1)),
                changed(TorchRule.DIRECTORY, file -> file.put(directory(file) + 28, (byte) 255)),
                arguments(TorchRule.ZIP64, insert(file("N."), 0, 64)),
                changed(TorchRule.ENCRYPTION, file -> file.put(directory(file) + 8, (byte) 9)),
                changed(TorchRule.FLAGS, file -> file.put(directory(file) + 8, (byte) 24)),
                changed(TorchRule.COMPRESSION, file -> file.put(directory(file) + 10, (byte) 8)),
                changed(TorchRule.ENTRY_SIZE, file -> file.put(directory(file) + 20, (byte) 8)),
                changed(
                        TorchRule.ENTRY_SIZE,
                        file -> file.putInt(directory(file) + 20, -2).putInt(directory(file) + 24, -2)),
                named(TorchRule.ENTRY_NAME, "../../etc/passwd"),
                named(TorchRule.ENTRY_NAME, "/etc/passwd"),
                named(TorchRule.ENTRY_NAME, "a//b"),
                named(TorchRule.ENTRY_NAME, "a\\..\\b"),
                named(TorchRule.ENTRY_NAME, "a/\u0000b"),
                changed(TorchRule.ENTRY_NAME, file -> file.put(directory(file) + 46, (byte) 0xff)),
                arguments(TorchRule.DUPLICATE_NAME, duplicate()),
                changed(TorchRule.EXTRA_FIELD, file -> file.put(42, (byte) 255)),
                changed(TorchRule.COVERAGE, file -> file.put(directory(file) + 42, (byte) 64)),
                changed(TorchRule.COVERAGE, file -> file.putInt(second(file) + 42, 0)),
                changed(TorchRule.LOCAL_HEADER, file -> file.put(30, (byte) 'b')),
                changed(TorchRule.LOCAL_HEADER, file -> file.put(8, (byte) 8)),
                changed(TorchRule.LOCAL_HEADER, file -> file.put(6, (byte) 0)),
                changed(TorchRule.DESCRIPTOR, file -> file.put(64 + 4 + 8, (byte) 1)),
                named(TorchRule.FOLDER, "b/c"),
                named(TorchRule.FOLDER, "c"),
                without(TorchRule.REQUIRED_ENTRY, "a/version"),
                without(TorchRule.REQUIRED_ENTRY, "a/data.pkl"),
                with(TorchRule.VERSION, "a/version", "11\n"),
                with(TorchRule.VERSION, "a/version", "x"),
                with(TorchRule.BYTE_ORDER, "a/byteorder", "big"));
    }

    private static Stream<Arguments> machine() {
        return Stream.of(
                arguments(TorchRule.PROTOCOL, TorchFiles.around(TorchFiles.ascii("N."))),
                arguments(TorchRule.PROTOCOL, TorchFiles.around(TorchFiles.ascii("\u0080\1N."))),
                arguments(TorchRule.PROTOCOL, TorchFiles.around(TorchFiles.ascii("\u0080\6N."))),
                pickle(TorchRule.OPCODE, "(ios\nsystem\n."),
                pickle(TorchRule.OPCODE, "(No."),
                pickle(TorchRule.OPCODE, "\u0082\1."),
                pickle(TorchRule.OPCODE, "\u0097."),
                pickle(TorchRule.OPCODE, "Pid\n."),
                pickle(TorchRule.OPCODE, "I1\n."),
                pickle(TorchRule.TRUNCATED, ""),
                pickle(TorchRule.TRUNCATED, "J\0\0"),
                pickle(TorchRule.TRUNCATED, "X\u00ff\0\0\0a."),
                pickle(TorchRule.TRUNCATED, "cos"),
                pickle(TorchRule.OPCODE_COUNT, "N0".repeat(100) + "Nq\0" + "h\0000".repeat(10_000_000) + "."),
                pickle(TorchRule.OBJECT_COUNT, "N0".repeat(4_000_001) + "N."),
                pickle(TorchRule.HEAP, "}0".repeat(maps()) + "N."),
                pickle(TorchRule.STACK, "."),
                pickle(TorchRule.STACK, "R."),
                pickle(TorchRule.STACK, "t."),
                pickle(TorchRule.STACK, "N(\u0085."),
                pickle(TorchRule.STACK_DEPTH, "N".repeat(1_000_001) + "."),
                pickle(TorchRule.STACK_DEPTH, "(".repeat(1_001) + "."),
                pickle(TorchRule.MEMO, "h\0."),
                pickle(TorchRule.MEMO, "Nr\u00ff\u00ff\u00ff\u007f."),
                pickle(TorchRule.MEMO, "Nr\u00ff\u00ff\u00ff\u00ff."),
                pickle(TorchRule.MEMO, "Nj\u00ff\u00ff\u00ff\u00ff."),
                pickle(TorchRule.FRAME, "\u0095\u00ff\0\0\0\0\0\0\0N."),
                pickle(TorchRule.FRAME, "\u0095\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffN."),
                pickle(TorchRule.ENDING, "NN."),
                pickle(TorchRule.ENDING, "N.N"),
                pickle(TorchRule.ENDING, "(N(N."));
    }

    /** The number of maps, of two bytes each, that exceeds half of the heap. */
    private static int maps() {
        return (int) (HeapBudget.limit() / HeapBudget.MAPPING);
    }

    private static Stream<Arguments> numbers() {
        return Stream.of(
                pickle(TorchRule.STRING, "X\1\0\0\0\u00ff."),
                pickle(TorchRule.STRING, "X\u00ff\u00ff\u00ff\u00ff."),
                pickle(TorchRule.STRING, "\u008d\0\0\0\0\0\0\0\u0080."),
                pickle(TorchRule.STRING, "B\u00ff\u00ff\u00ff\u007f."),
                pickle(
                        TorchRule.STRING,
                        "c_codecs\nencode\nq\0X\u00e8\3\0\0" + "a".repeat(1000) + "X\6\0\0\0latin1\u0086q\1R0"
                                + "h\0h\1R0".repeat(10) + "N."),
                pickle(TorchRule.INTEGER, "\u008b\1\4\0\0" + "\1".repeat(1025) + "."),
                pickle(TorchRule.INTEGER, "\u008b\u00ff\u00ff\u00ff\u00ff."));
    }

    private static Stream<Arguments> names() {
        return Stream.of(
                pickle(TorchRule.GLOBAL, "cos\nsystem\nX\2\0\0\0ls\u0085R."),
                pickle(TorchRule.GLOBAL, "cposix\nsystem\n."),
                pickle(TorchRule.GLOBAL, "cnt\nsystem\n."),
                pickle(TorchRule.GLOBAL, "c__builtin__\neval\n."),
                pickle(TorchRule.GLOBAL, "cbuiltins\nexec\n."),
                pickle(TorchRule.GLOBAL, "c__builtin__\ngetattr\n."),
                pickle(TorchRule.GLOBAL, "csubprocess\nPopen\n."),
                pickle(TorchRule.GLOBAL, "ctorch\nload\n."),
                pickle(TorchRule.GLOBAL, "ccollections\ndeque\n(]K\5tRK\1a."),
                pickle(TorchRule.GLOBAL, "ctorch.serialization\n_load\n."),
                pickle(TorchRule.GLOBAL, "ctorch._utils\n_rebuild_sparse_tensor\n."),
                pickle(TorchRule.GLOBAL, "ctorch\nFloatStorage.__init__\n."),
                pickle(TorchRule.GLOBAL, "X\2\0\0\0osX\6\0\0\0system\u0093."),
                pickle(TorchRule.GLOBAL, "NN\u0093."),
                pickle(TorchRule.GLOBAL, "cos\n\n."),
                pickle(TorchRule.REDUCE, "N)R."),
                pickle(TorchRule.REDUCE, "ctorch\nfloat32\n)R."),
                pickle(TorchRule.REDUCE, "c__builtin__\nint\n)R."),
                pickle(TorchRule.REDUCE, "ccollections\nOrderedDict\n]R."),
                pickle(TorchRule.REDUCE, "ccollections\nOrderedDict\n]\u0085R."),
                pickle(TorchRule.REDUCE, "c_codecs\nencode\nX\1\0\0\0aX\3\0\0\0zip\u0086R."),
                pickle(TorchRule.REDUCE, "ctorch\nFloatStorage\n)\u0081."),
                pickle(TorchRule.REDUCE, "ctorch\nSize\n)R."),
                pickle(TorchRule.BUILD, "]}b."),
                pickle(TorchRule.BUILD, "}}b."),
                pickle(TorchRule.BUILD, HOOKS + "}b}b."),
                pickle(TorchRule.BUILD, HOOKS + "]b."),
                pickle(TorchRule.BUILD, "ctorch\nfloat32\n}b."));
    }

    private static Stream<Arguments> tensors() {
        return Stream.of(
                pickle(TorchRule.PERSISTENT_ID, "NQ."),
                pickle(TorchRule.PERSISTENT_ID, "(X\6\0\0\0moduleNNNNtQ."),
                pickle(TorchRule.PERSISTENT_ID, STORAGE.replace("K\4", "N") + "."),
                pickle(TorchRule.DTYPE, STORAGE.replace("FloatStorage", "Size") + "."),
                pickle(TorchRule.STORAGE, STORAGE.replace("K\4", "K\5") + "."),
                pickle(TorchRule.STORAGE, STORAGE.replace("K\4", "J\u00ff\u00ff\u00ff\u007f") + "."),
                pickle(TorchRule.STORAGE, STORAGE.replace("\1\0\0\0" + "0", "\1\0\0\0" + "7") + "."),
                pickle(TorchRule.STORAGE, STORAGE + "0" + STORAGE.replace("Float", "Int") + "."),
                pickle(TorchRule.STORAGE, STORAGE + "."),
                pickle(TorchRule.TENSOR_SHAPE, tensor("K\0", "K\2K\2\u0086", "K\1\u0085")),
                pickle(TorchRule.TENSOR_SHAPE, tensor("K\0", "J\u00ff\u00ff\u00ff\u00ff\u0085", "K\1\u0085")),
                pickle(TorchRule.TENSOR_SHAPE, tensor("K\0", "(" + "K\1".repeat(65) + "t", "K\1\u0085")),
                pickle(TorchRule.TENSOR_SHAPE, tensor("K\0", huge() + huge() + "\u0086", "K\1K\1\u0086")),
                pickle(TorchRule.TENSOR_SHAPE, tensor("K\0", "]", ")")),
                pickle(TorchRule.TENSOR_BOUNDS, tensor("K\1", "K\4\u0085", "K\1\u0085")),
                pickle(TorchRule.TENSOR_BOUNDS, tensor("J\u00ff\u00ff\u00ff\u00ff", "K\1\u0085", "K\1\u0085")),
                pickle(TorchRule.TENSOR_BOUNDS, tensor("K\0", "K\2\u0085", "J\u00ff\u00ff\u00ff\u00ff\u0085")),
                pickle(TorchRule.TENSOR_BOUNDS, tensor("K\0", "K\2K\2\u0086", huge() + huge() + "\u0086")),
                pickle(TorchRule.TENSOR_BOUNDS, tensor("K\5", "K\0\u0085", "K\1\u0085")),
                pickle(TorchRule.TENSOR_SIZE, tensor("K\0", "K\5\u0085", "K\0\u0085")),
                pickle(TorchRule.TENSOR_SIZE, tensor("K\0", huge() + "\u0085", "K\0\u0085")),
                pickle(TorchRule.REDUCE, REBUILD + "NK\0))\u0089" + HOOKS + "tR."),
                pickle(TorchRule.REDUCE, tensor("K\0", ")", ")").replace("\u0089", "N")),
                pickle(TorchRule.REDUCE, tensor("K\0", ")", ")").replace(HOOKS, "]")));
    }

    private static Stream<Arguments> values() {
        String bomb = "]q\0000"
                + IntStream.range(0, 60)
                        .mapToObj(i -> "](" + ("h" + (char) i).repeat(10) + "eq" + (char) (i + 1) + "0")
                        .collect(Collectors.joining())
                + "h<";
        return Stream.of(
                pickle(TorchRule.ITEMS, "}Na."),
                pickle(TorchRule.ITEMS, ")(Ne."),
                pickle(TorchRule.ITEMS, "]NNs."),
                pickle(TorchRule.ITEMS, "}(Nu."),
                pickle(TorchRule.ITEMS, ")(N\u0090."),
                pickle(TorchRule.ITEMS, "ctorch\nfloat32\nNNs."),
                pickle(TorchRule.KEY, "}]Ns."),
                pickle(TorchRule.KEY, "}}Ns."),
                pickle(TorchRule.KEY, "}(NNNNu."),
                pickle(TorchRule.KEY, "}(" + "N".repeat(65) + "tNs."),
                pickle(TorchRule.CYCLE, "]q\0h\0a."),
                pickle(TorchRule.CYCLE, "}q\0Nh\0s."),
                pickle(TorchRule.CYCLE, "]q\0h\0\u0085a."),
                pickle(TorchRule.NESTING, "]".repeat(200) + "a".repeat(199) + "."),
                pickle(TorchRule.NESTING, "N" + "\u0085".repeat(1_000_000) + "."),
                pickle(TorchRule.EXPANSION, bomb + "."));
    }

    private static String huge() {
        return "\u008a\7\0\0\0\0\0\0\1";
    }

    private static String tensor(String offset, String shape, String strides) {
        return REBUILD + STORAGE + offset + shape + strides + "\u0089" + HOOKS + "tR.";
    }

    private static byte[] file(String pickle) {
        return TorchFiles.around(TorchFiles.ascii("\u0080\2" + pickle));
    }

    private static Arguments pickle(TorchRule rule, String pickle) {
        return arguments(rule, file(pickle));
    }

    private static Arguments changed(TorchRule rule, Consumer<ByteBuffer> change) {
        byte[] file = file("N.");
        change.accept(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN));
        return arguments(rule, file);
    }

    /** The file of the other tests with an additional entry of this name. */
    private static Arguments named(TorchRule rule, String name) {
        Map<String, byte[]> entries = entries();
        entries.put(name, new byte[1]);
        return arguments(rule, TorchFiles.zip(entries));
    }

    private static Arguments with(TorchRule rule, String name, String content) {
        Map<String, byte[]> entries = entries();
        entries.put(name, TorchFiles.ascii(content));
        return arguments(rule, TorchFiles.zip(entries));
    }

    private static Arguments without(TorchRule rule, String name) {
        Map<String, byte[]> entries = entries();
        entries.remove(name);
        return arguments(rule, TorchFiles.zip(entries));
    }

    private static Map<String, byte[]> entries() {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("a/data.pkl", TorchFiles.ascii("\u0080\2N."));
        entries.put("a/version", TorchFiles.ascii("3\n"));
        return entries;
    }

    private static byte[] insert(byte[] file, int at, int count) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(file, 0, at);
        bytes.write(file, at, count);
        bytes.write(file, at, file.length - at);
        return bytes.toByteArray();
    }

    private static int directory(ByteBuffer file) {
        return file.getInt(file.limit() - 6);
    }

    private static int second(ByteBuffer file) {
        return directory(file) + 46 + 10;
    }

    private static void counts(ByteBuffer file, int count) {
        int end = file.limit() - 22;
        file.putShort(end + 8, (short) count).putShort(end + 10, (short) count);
        file.putLong(end - 20 - 56 + 24, count).putLong(end - 20 - 56 + 32, count);
    }

    private static byte[] duplicate() {
        byte[] pickle = TorchFiles.ascii("\u0080\2N.");
        return TorchFiles.zip(
                List.of("a/data.pkl", "a/version", "a/data.pkl"), List.of(pickle, TorchFiles.ascii("3"), pickle));
    }
}
