package dev.rivulet.checkpoint;

/**
 * The rules that a safetensors file must satisfy: those of the reference library in Rust, and a few stricter ones.
 *
 * <p>These are stricter than that library, because readers would disagree about the file or because no writer produces
 * it: {@link #HEADER_START}, {@link #DUPLICATE_KEY}, {@link #METADATA} for {@code null}, {@link #ENTRY} for an array
 * instead of an object, {@link #DTYPE} for an object instead of a string, {@link #RANK} and {@link #NUMBER_RANGE}.
 *
 * @since 0.1
 */
public enum SafetensorsRule {
    /** The file holds at least the eight bytes of the header's length. */
    FILE_LENGTH("a file begins with the length of its header in 8 bytes"),
    /** The header has at most 100,000,000 bytes. */
    HEADER_LIMIT("a header has at most 100,000,000 bytes"),
    /** The header ends within the file. */
    HEADER_LENGTH("the header ends within the file"),
    /** The header's first byte is an opening brace, so that nothing can be hidden before it. */
    HEADER_START("the header begins with {"),
    /** Text is valid UTF-8. */
    UTF8("text is valid UTF-8"),
    /** The header is one JSON object, with nothing but white space after it. */
    JSON("the header is one JSON object"),
    /** Values are nested at most 127 deep. */
    NESTING("values are nested at most 127 deep"),
    /** No key occurs twice in one object: readers disagree which one counts. */
    DUPLICATE_KEY("no key occurs twice"),
    /** {@code __metadata__} is an object of strings. */
    METADATA("__metadata__ is an object whose values are strings"),
    /** A tensor is described by an object with dtype, shape and data_offsets. */
    ENTRY("a tensor has the fields dtype, shape and data_offsets"),
    /** The dtype is one of the 22 names. */
    DTYPE("the dtype is the name of a safetensors type"),
    /** The shape is an array of integers from 0. */
    SHAPE("the shape is an array of integers from 0"),
    /** The shape has at most 64 dimensions, the limit of PyTorch and NumPy. */
    RANK("a shape has at most 64 dimensions"),
    /** The offsets are two integers from 0. */
    OFFSETS("data_offsets are two integers from 0"),
    /** An integer fits into 63 bits, the address range of a file. */
    NUMBER_RANGE("an integer fits into 63 bits"),
    /** The number of elements and their bits can be computed without overflow. */
    SIZE_OVERFLOW("the size of a tensor fits into 63 bits"),
    /** Packed elements end on a byte. */
    PACKING("elements of less than a byte end on a byte"),
    /** The offsets span exactly the bytes of shape and dtype. */
    SIZE("the offsets span exactly the bytes of the shape and dtype"),
    /** Tensors lie one after another from offset 0, without holes and overlaps. */
    COVERAGE("tensors lie one after another from offset 0 without holes and overlaps"),
    /** The last tensor ends at the end of the file. */
    DATA_LENGTH("the last tensor ends at the end of the file");

    private final String statement;

    SafetensorsRule(String statement) {
        this.statement = statement;
    }

    /** The rule as a clause, such as "text is valid UTF-8". */
    public String statement() {
        return statement;
    }
}
