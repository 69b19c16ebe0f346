package dev.rivulet.checkpoint;

/**
 * Rules that a PyTorch file must satisfy to be read. Files that {@code torch.save} and Lightning write satisfy them.
 * Files that different readers could interpret differently, that would take more memory than their size, or that would
 * run code do not.
 *
 * @since 0.1
 */
public enum TorchRule {
    /** The file begins like a zip file. */
    FILE_FORMAT("the file begins with a zip entry"),
    /** The file does not have the format of PyTorch before version 1.6, a bare pickle or a tar file. */
    LEGACY_FORMAT(
            "the file has the format of PyTorch 1.6 or later",
            "Load it in Python with torch.load and save it again with torch.save."),
    /** The file ends with a zip end record without a comment. */
    END_RECORD("the file ends with the end record of a zip file and nothing after it"),
    /** The zip file has one part. */
    MULTIPLE_DISKS("the zip file has one part"),
    /** The zip64 records agree with the others and lie directly before the end record. */
    ZIP64("the zip64 records lie directly before the end record and agree with it"),
    /** The number of entries is the declared one, and at most 1,000,000. */
    ENTRY_COUNT("the file has the declared number of entries, at most 1,000,000"),
    /** The central directory is a list of headers that ends where the end records begin, of at most 128 MiB. */
    DIRECTORY("the central directory consists of complete headers up to the end records, at most 128 MiB in total"),
    /** Entries are stored, not compressed, so that they can be read in place and cannot be larger than the file. */
    COMPRESSION(
            "entries are stored without compression, so that they can be read in place and their size is reliable",
            "Save it again with torch.save, which does not compress."),
    /** Entries are not encrypted. */
    ENCRYPTION("entries are not encrypted"),
    /** Entries have no flags except those for UTF-8 names and for sizes after the data. */
    FLAGS("entries have no flags except those for UTF-8 names and for sizes after the data"),
    /** The stored size of an entry equals its uncompressed size and fits into the file. */
    ENTRY_SIZE("the two sizes of an entry are equal and fit into the file"),
    /** Names are relative paths in UTF-8 without empty parts, {@code ..}, back slashes and control characters. */
    ENTRY_NAME("the name of an entry is a relative path without .., empty parts, back slashes and control characters"),
    /** No name occurs twice. */
    DUPLICATE_NAME("no entry occurs twice"),
    /** Extra fields are complete, and a zip64 field holds exactly the values that its header leaves out. */
    EXTRA_FIELD("the extra fields of an entry are complete, and a zip64 field holds exactly the values that its"
            + " header leaves out"),
    /** Entries lie one after another from the file's beginning to the central directory. */
    COVERAGE("entries lie one after another from the file's first byte to the central directory"),
    /** The local header of an entry agrees with the central directory. */
    LOCAL_HEADER("the local header of an entry agrees with the central directory"),
    /** The data descriptor after an entry agrees with the central directory. */
    DESCRIPTOR("the data descriptor after an entry agrees with the central directory"),
    /** All entries lie in one folder. */
    FOLDER("all entries lie in one folder"),
    /** The file has a data.pkl of at most 256 MiB and a version. */
    REQUIRED_ENTRY("the file has a data.pkl of at most 256 MiB and a version"),
    /** The version is one that PyTorch reads. */
    VERSION("the version is a number from 1 to 10"),
    /** Numbers are little-endian. */
    BYTE_ORDER(
            "numbers are little-endian",
            "Load it in Python, on any machine, after torch.serialization.set_default_load_endianness, and save it"
                    + " again on a little-endian machine."),
    /** The file does not become shorter while it is read. */
    FILE_LENGTH("the file keeps its length while it is read"),

    /** A pickle begins with its protocol, 2 to 5. */
    PROTOCOL(
            "the pickle begins with its protocol, 2 to 5",
            "If the file is intact, load it in Python and save it again without a pickle_protocol."),
    /** All opcodes are among those that PyTorch and Lightning write. */
    OPCODE("all opcodes belong to binary pickles without extensions or out-of-band buffers"),
    /** All opcodes and their arguments lie within the pickle. */
    TRUNCATED("each opcode is followed by its complete argument"),
    /** A pickle has at most 20,000,000 opcodes. */
    OPCODE_COUNT("the pickle has at most 20,000,000 opcodes"),
    /** A pickle creates at most 4,000,000 objects. */
    OBJECT_COUNT("the pickle creates at most 4,000,000 objects"),
    /** A pickle and its objects take at most half of the Java heap. */
    HEAP(
            "the pickle and its objects take at most half of the Java heap",
            "If the file has the expected size, give the JVM a larger heap with -Xmx, for example twice as much."),
    /** The stack holds the operands of each opcode. */
    STACK("the stack holds the operands of each opcode"),
    /** The stack holds at most 1,000,000 objects. */
    STACK_DEPTH("the stack holds at most 1,000,000 objects and 1,000 marks"),
    /** Memo entries are numbered without gaps, and set before they are read. */
    MEMO("memo entries are numbered consecutively, and set once before they are read"),
    /** Strings are valid UTF-8 of at most 16 MiB. */
    STRING("a string is valid UTF-8 of at most 16 MiB"),
    /** Integers have at most 1,024 bytes. */
    INTEGER("an integer has at most 1,024 bytes"),
    /** Frames of protocol 4 end within the pickle. */
    FRAME("a frame ends within the pickle"),
    /** Globals are on the list of harmless classes and functions. */
    GLOBAL(
            "the pickle names only the harmless classes and functions that PyTorch and Lightning write",
            "If you trust the file, load it in Python with weights_only=False, and save it again without such objects:"
                    + " of a whole module its state_dict(), of others plain dicts, lists, numbers and strings."),
    /** Only known functions are called, with the arguments that PyTorch writes. */
    REDUCE(
            "only known objects are created, from the arguments that PyTorch writes",
            "If the file is intact, replace that value in Python with plain tensors, such as those of resolve_conj()"
                    + " and resolve_neg(), or with plain dicts, lists, numbers and strings, and save it again."),
    /** Only ordered dicts and named objects get a state. */
    BUILD("only OrderedDicts and named objects get a state, once"),
    /** All persistent ids denote storages. */
    PERSISTENT_ID("a persistent id is ('storage', type, key, location, number of elements)"),
    /** A storage has an entry of exactly its size, and one type wherever it occurs. */
    STORAGE("a storage has an entry of exactly its size, and one type wherever it occurs"),
    /** Rivulet supports the dtype. */
    DTYPE(
            "the dtype of a tensor is one that safetensors supports",
            "Convert it to a supported one in Python, and save it again."),
    /** A shape has at most 64 dimensions, none negative, as many strides, and a size that can be computed. */
    TENSOR_SHAPE("a tensor has at most 64 dimensions, none negative, and as many strides"),
    /** Offset and strides stay inside the storage. */
    TENSOR_BOUNDS("the offset and strides of a tensor stay inside its storage"),
    /** A tensor has at most as many elements as its storage, so that it takes no more memory than the file. */
    TENSOR_SIZE(
            "a tensor has no more elements than its storage",
            "The tensor was expanded; call contiguous() on it before saving."),
    /** Items are added only to objects that can hold them. */
    ITEMS("items are added only to lists, sets, dicts and named objects"),
    /** Keys are unique and plain values, or tuples of at most 64. */
    KEY(
            "a key is a string, a number, None, bytes or a tuple of at most 64 of these, and no key occurs twice; at"
                    + " most 10,000 are neither strings nor numbers",
            "If the file is intact, give that dict other keys in Python, and save it again."),
    /** No object contains itself. */
    CYCLE("no object contains itself", "If the file is intact, break the cycle in Python, and save it again."),
    /** Values are nested at most 128 deep. */
    NESTING(
            "values are nested at most 128 deep",
            "If the file is intact, flatten that value in Python, and save it again."),
    /** There are at most 10,000,000 values, each counted at every occurrence. */
    EXPANSION("there are at most 10,000,000 values, each counted at every occurrence"),
    /** The pickle ends with STOP and leaves one value. */
    ENDING("the pickle ends with STOP and leaves one value");

    private final String statement;
    private final String remedy;

    TorchRule(String statement) {
        this(statement, "It is damaged, incomplete or of another format; load another checkpoint or write it again.");
    }

    TorchRule(String statement, String remedy) {
        this.statement = statement;
        this.remedy = remedy;
    }

    /** The rule as a clause, such as "no entry occurs twice". */
    public String statement() {
        return statement;
    }

    /** How to fix a violation; a sentence. */
    String remedy() {
        return remedy;
    }

    /** Whether the rule concerns {@code data.pkl}; otherwise it concerns the zip file around it. */
    public boolean isOfPickle() {
        return compareTo(PROTOCOL) >= 0;
    }
}
