package dev.rivulet.checkpoint;

/**
 * Rules that a safetensors file must satisfy to be read: those of the format's Rust library, and a few stricter ones.
 *
 * <p>These are stricter than that library, because different readers would interpret the file differently or because no
 * writer produces it: {@link #HEADER_START}, {@link #DUPLICATE_KEY}, {@link #METADATA} for {@code null}, {@link #ENTRY}
 * for an array in place of an object, {@link #DTYPE} for an object in place of a string, {@link #RANK} and {@link
 * #NUMBER_RANGE}.
 *
 * @since 0.1
 */
public enum SafetensorsRule {
    /** The file holds at least the eight bytes of the header's length. */
    FILE_LENGTH("the file begins with the length of its header in 8 bytes"),
    /** The header has at most 100,000,000 bytes. */
    HEADER_LIMIT("the header has at most 100,000,000 bytes"),
    /** The header ends within the file. */
    HEADER_LENGTH("the header ends within the file"),
    /** The header's first byte is an opening brace, so that nothing can be hidden before it. */
    HEADER_START("the header begins with {"),
    /** Strings are valid UTF-8. */
    UTF8("a string is valid UTF-8"),
    /** The header is one JSON object, with nothing but white space after it. */
    JSON("the header is one JSON object"),
    /** Values are nested at most 127 deep. */
    NESTING("values are nested at most 127 deep"),
    /** No key occurs twice in one object: readers disagree about which one counts. */
    DUPLICATE_KEY("no key occurs twice"),
    /** {@code __metadata__} is an object of strings. */
    METADATA("__metadata__ is an object whose values are strings"),
    /** A tensor is described by an object with dtype, shape and data_offsets. */
    ENTRY("a tensor has the fields dtype, shape and data_offsets"),
    /** The dtype is one of the 22 names. */
    DTYPE("the dtype is the name of a safetensors type"),
    /** The shape is an array of non-negative integers. */
    SHAPE("the shape is an array of non-negative integers"),
    /** The shape has at most 64 dimensions, the limit of PyTorch and NumPy. */
    RANK("a shape has at most 64 dimensions"),
    /** The offsets are two non-negative integers, in ascending order. */
    OFFSETS("data_offsets are two non-negative integers in ascending order"),
    /** An integer fits into 63 bits, the limit of a file position. */
    NUMBER_RANGE("an integer fits into 63 bits"),
    /** The number of elements and their bits can be computed without overflow. */
    SIZE_OVERFLOW("the size of a tensor fits into 63 bits"),
    /** A tensor of packed elements ends on a byte boundary. */
    PACKING("a tensor of packed elements ends on a byte boundary"),
    /** The offsets span exactly the bytes that shape and dtype require. */
    SIZE("the offsets span exactly the bytes that shape and dtype require"),
    /** Tensors lie one after another from offset 0, without gaps or overlaps. */
    COVERAGE("tensors lie one after another from offset 0, without gaps or overlaps"),
    /** The last tensor ends at the end of the file. */
    DATA_LENGTH("the last tensor ends at the end of the file");

    private final String statement;

    SafetensorsRule(String statement) {
        this.statement = statement;
    }

    /** The rule as a clause, such as "a string is valid UTF-8". */
    public String statement() {
        return statement;
    }
}
