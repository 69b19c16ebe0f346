package dev.rivulet.checkpoint;

/**
 * The rules that a PyTorch file must satisfy.
 *
 * <p>Files of {@code torch.save} and Lightning satisfy them. Files that readers would interpret differently, that need
 * more memory than they have bytes, or that run code do not.
 *
 * @since 0.1
 */
public enum TorchRule {
    /** The file begins as a zip file does. */
    FILE_FORMAT("a file begins with a zip entry"),
    /** The file is not of PyTorch's format before version 1.6, a bare pickle or a tar file. */
    LEGACY_FORMAT(
            "files of PyTorch's format before version 1.6 are not read",
            "Load it in Python with torch.load and save it again with torch.save."),
    /** The file ends with a zip end record without a comment. */
    END_RECORD("a file ends with the end record of a zip file, and nothing after it"),
    /** The zip file has one part. */
    MULTIPLE_DISKS("a zip file has one part"),
    /** Records of large zip files agree with the others and lie directly before the end record. */
    ZIP64("records for more than 4 GiB lie directly before the end and agree with it"),
    /** A zip file has at most 1,000,000 entries, and as many as it declares. */
    ENTRY_COUNT("a file has as many entries as it declares, and at most 1,000,000"),
    /** The central directory is a list of headers that ends where the end records begin, of at most 128 MiB. */
    DIRECTORY("the central directory consists of whole headers up to the end records, and of at most 128 MiB"),
    /** Entries are stored, not compressed, so that they can be read in place and cannot be larger than the file. */
    COMPRESSION(
            "entries are stored without compression, or they could not be read in place, and their sizes could not be"
                    + " checked",
            "Save it again with torch.save, which stores."),
    /** Entries are not encrypted. */
    ENCRYPTION("entries are not encrypted"),
    /** Entries have no flags but those for UTF-8 names and sizes after the data. */
    FLAGS("entries have no flags but those for UTF-8 names and for sizes after the data"),
    /** A stored entry has one size, which fits into the file. */
    ENTRY_SIZE("an entry has one size, and fits into the file"),
    /** Names are relative paths in UTF-8 without empty parts, {@code ..}, back slashes and control characters. */
    ENTRY_NAME("the name of an entry is a relative path without .., empty parts, back slashes and control characters"),
    /** No name occurs twice. */
    DUPLICATE_NAME("no entry occurs twice"),
    /** Extra fields are complete, and a zip64 field has exactly the values that its header omits. */
    EXTRA_FIELD("extra fields of an entry are complete, and a zip64 field has exactly what its header omits"),
    /** Entries lie one after another from the file's beginning to the central directory. */
    COVERAGE("entries lie one after another from the file's first byte to the central directory"),
    /** The header of an entry agrees with the central directory. */
    LOCAL_HEADER("the header of an entry agrees with the central directory"),
    /** The descriptor after the data of an entry agrees with the central directory. */
    DESCRIPTOR("the descriptor after an entry agrees with the central directory"),
    /** All entries lie in one folder. */
    FOLDER("all entries lie in one folder"),
    /** The file has a data.pkl of at most 256 MiB, and a version. */
    REQUIRED_ENTRY("a file has a data.pkl of at most 256 MiB, and a version"),
    /** The version is one that PyTorch reads. */
    VERSION("the version is a number from 1 to 10"),
    /** Numbers are little-endian. */
    BYTE_ORDER(
            "numbers are little-endian",
            "Save it again on a machine of that byte order: torch.serialization.set_default_load_endianness reads it in"
                    + " Python anywhere."),
    /** The file does not become shorter while it is read. */
    FILE_LENGTH("a file keeps its length while it is read"),

    /** A pickle begins with its protocol, 2 to 5. */
    PROTOCOL(
            "a pickle begins with its protocol, which is 2 to 5",
            "If the file is not damaged, load it in Python and save it again without a pickle_protocol."),
    /** Opcodes are those that PyTorch and Lightning write. */
    OPCODE("opcodes are those of binary pickles, without extensions and out-of-band buffers"),
    /** Opcodes and their arguments are within the pickle. */
    TRUNCATED("an opcode is followed by all of its argument"),
    /** A pickle has at most 20,000,000 opcodes. */
    OPCODE_COUNT("a pickle has at most 20,000,000 opcodes"),
    /** A pickle makes at most 4,000,000 objects. */
    OBJECT_COUNT("a pickle makes at most 4,000,000 objects"),
    /** A pickle takes at most half of the Java heap. */
    HEAP(
            "a pickle and its objects take at most half of the Java heap",
            "If the file is as large as it should be, give the JVM more with -Xmx, for example twice as much."),
    /** An opcode finds its operands on the stack. */
    STACK("an opcode finds its operands on the stack"),
    /** The stack holds at most 1,000,000 objects. */
    STACK_DEPTH("the stack holds at most 1,000,000 objects, and 1,000 marks"),
    /** Memo entries are numbered without gaps and set before they are got. */
    MEMO("memo entries are numbered one after another, and set once before they are got"),
    /** Text is valid UTF-8 of at most 16 MiB. */
    TEXT("text is valid UTF-8, and of at most 16 MiB"),
    /** Integers have at most 1,024 bytes. */
    INTEGER("an integer has at most 1,024 bytes"),
    /** Frames of protocol 4 end within the pickle. */
    FRAME("a frame ends within the pickle"),
    /** Globals are on the list of harmless ones. */
    GLOBAL(
            "a pickle names no class or function but the harmless ones that PyTorch and Lightning write",
            "If you trust the file, load it in Python, remove such objects (or replace them by plain dicts, lists,"
                    + " numbers and strings), and save it again."),
    /** Only known functions are called, with the arguments that they are written with. */
    REDUCE(
            "only known functions are called, with the arguments that PyTorch writes",
            "If the file is not damaged, replace that value by plain tensors, such as those of resolve_conj() and"
                    + " resolve_neg(), or by plain dicts, lists, numbers and strings in Python, and save it again."),
    /** State is given to ordered dicts and named objects only. */
    BUILD("state is given once, to OrderedDicts and named objects only"),
    /** Persistent ids are those of storages. */
    PERSISTENT_ID("a persistent id is ('storage', type, key, location, number of elements)"),
    /** A storage is an entry of exactly its size, and the same wherever it occurs. */
    STORAGE("a storage is an entry of exactly its size, and the same wherever it occurs"),
    /** The dtype is one that Rivulet holds. */
    DTYPE(
            "the dtype of a tensor is one of those that safetensors has",
            "Convert it to one of those in Python, and save it again."),
    /** A shape has at most 64 dimensions from 0, as many strides, and a size that can be computed. */
    TENSOR_SHAPE("a tensor has at most 64 dimensions from 0, and as many strides"),
    /** Offset and strides stay inside the storage. */
    TENSOR_BOUNDS("offset and strides of a tensor stay inside its storage"),
    /** A tensor has at most as many elements as its storage, so that it takes no more memory than the file. */
    TENSOR_SIZE(
            "a tensor has no more elements than its storage",
            "It was expanded; call contiguous() on it before it is saved."),
    /** Items are added only to lists, sets, dicts and named objects. */
    ITEMS("items are added to lists, sets, dicts and named objects only"),
    /** Keys are plain values, at most 64 together, and different from each other. */
    KEY(
            "a key is a string, a number, None, bytes or a tuple of at most 64 of them, and no key occurs twice; at"
                    + " most 10,000 are neither strings nor numbers",
            "If the file is not damaged, give that dict other keys in Python, and save it again."),
    /** No object contains itself. */
    CYCLE("no object contains itself", "If the file is not damaged, break the cycle in Python, and save it again."),
    /** Values are nested at most 128 deep. */
    NESTING(
            "values are nested at most 128 deep",
            "If the file is not damaged, make that value flatter in Python, and save it again."),
    /** Values, each counted wherever it occurs, are at most 10,000,000. */
    EXPANSION("values, each counted wherever it occurs, are at most 10,000,000"),
    /** The pickle leaves one value and ends with it. */
    ENDING("a pickle ends with STOP and leaves one value");

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

    /** The remedy of a violation, as a sentence. */
    String remedy() {
        return remedy;
    }

    /** Whether the rule applies to {@code data.pkl}, else to the zip file around it. */
    public boolean isOfPickle() {
        return compareTo(PROTOCOL) >= 0;
    }
}
