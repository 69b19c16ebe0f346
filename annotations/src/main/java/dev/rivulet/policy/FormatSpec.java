package dev.rivulet.policy;

import java.util.Locale;
import java.util.Optional;

/**
 * A format of Python's mini-language for numbers:
 * {@code [[fill]align][sign][z][#][0][width][grouping][.precision][type]}.
 *
 * <pre>{@code
 * FormatSpec.parse("02d").format(7);         // 07
 * FormatSpec.parse(".3f").format(0.12345);   // 0.123
 * FormatSpec.parse("").format(0.1);          // 0.1, the shortest digits that read back as the same double
 * }</pre>
 *
 * <p>Results equal CPython's, digit for digit, in the C locale. Width and precision end at {@value #LIMIT}: no file
 * name is longer.
 *
 * <p>Source: "Format Specification Mini-Language" in the Python Library Reference, and the behaviour of CPython 3.11.
 *
 * @since 0.1
 */
public final class FormatSpec {
    static final int LIMIT = 255;

    private static final String ALIGNMENTS = "<>=^";
    private static final String SIGNS = "+- ";
    private static final String INTEGER_TYPES = "bcdoxX";
    private static final String FLOAT_TYPES = "eEfFgG%";
    private static final String TYPES = INTEGER_TYPES + FLOAT_TYPES + "n";

    /** A type or grouping that is not given. */
    static final char NONE = '\0';

    private static final int UNSET = -1;

    private final String spec;
    private final NumberLayout layout;
    private final boolean noNegativeZero;
    private final boolean alternate;
    private final int precision;
    private final char type;

    private FormatSpec(
            String spec, NumberLayout layout, boolean noNegativeZero, boolean alternate, int precision, char type) {
        this.spec = spec;
        this.layout = layout;
        this.noNegativeZero = noNegativeZero;
        this.alternate = alternate;
        this.precision = precision;
        this.type = type;
    }

    /**
     * Reads a format.
     *
     * @throws TemplateSyntaxException if Python would refuse it for every number
     */
    public static FormatSpec parse(String spec) {
        return new Parser(spec).parse();
    }

    /** Why Python refuses this format for integers; empty if it does not. */
    public Optional<String> refusalOfIntegers() {
        if (isFloatType()) {
            return Optional.empty();
        }
        if (precision != UNSET) {
            return Optional.of("a precision is not allowed with integers; leave out \"." + precision + "\".");
        }
        if (noNegativeZero) {
            return Optional.of("'z' is not allowed with integers; leave it out.");
        }
        return Optional.empty();
    }

    /** Why Python refuses this format for floating-point numbers; empty if it does not. */
    public Optional<String> refusalOfFloats() {
        return INTEGER_TYPES.indexOf(type) < 0
                ? Optional.empty()
                : Optional.of(
                        "the format '" + type + "' is for integers; for a floating-point number use one of \"e f g %\""
                                + ", such as \".0f\".");
    }

    /**
     * Formats an integer.
     *
     * @throws IllegalArgumentException if this format is not for integers, or the value is not a character for
     *     {@code c}
     */
    public String format(long value) {
        if (isFloatType()) {
            return format((double) value);
        }
        refuse(refusalOfIntegers());
        if (type == 'c') {
            if (!Character.isValidCodePoint(Math.toIntExact(value))) {
                throw new IllegalArgumentException("\"" + spec + "\": " + value + " is not a character.");
            }
            return layout.layOut(false, "", "", Character.toString((int) value));
        }
        boolean negative = value < 0;
        String prefix = alternate && "boxX".indexOf(type) >= 0 ? "0" + type : "";
        return layout.layOut(negative, prefix, magnitude(value), "");
    }

    private String magnitude(long value) {
        int radix = switch (type) {
            case 'b' -> 2;
            case 'o' -> 8;
            case 'x', 'X' -> 16;
            default -> 10;
        };
        String digits = Long.toString(value, radix);
        String unsigned = value < 0 ? digits.substring(1) : digits;
        return type == 'X' ? unsigned.toUpperCase(Locale.ROOT) : unsigned;
    }

    /**
     * Formats a floating-point number; NaN and infinities become {@code nan}, {@code inf}, {@code -inf}.
     *
     * @throws IllegalArgumentException if this format is for integers only
     */
    public String format(double value) {
        refuse(refusalOfFloats());
        double scaled = type == '%' ? value * 100 : value;
        FloatDigits digits = new FloatDigits(scaled, alternate);
        String magnitude = digits.format(Character.toLowerCase(type), precision);
        boolean negative = digits.isNegative() && !(noNegativeZero && FloatDigits.isZero(magnitude));
        if (Character.isUpperCase(type)) {
            magnitude = magnitude.toUpperCase(Locale.ROOT);
        }
        int integerDigits = FloatDigits.integerDigits(magnitude);
        return layout.layOut(
                negative,
                "",
                magnitude.substring(0, integerDigits),
                magnitude.substring(integerDigits) + (type == '%' ? "%" : ""));
    }

    private boolean isFloatType() {
        return type != NONE && FLOAT_TYPES.indexOf(type) >= 0;
    }

    /** Whether the value is the code point of the result, which may be any character. */
    boolean isCharacter() {
        return type == 'c';
    }

    int fill() {
        return layout.fill();
    }

    private void refuse(Optional<String> refusal) {
        refusal.ifPresent(reason -> {
            throw new IllegalArgumentException("\"" + spec + "\": " + reason);
        });
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FormatSpec that && spec.equals(that.spec);
    }

    @Override
    public int hashCode() {
        return spec.hashCode();
    }

    /** The format that was parsed. */
    @Override
    public String toString() {
        return spec;
    }

    /** Reads the parts from left to right; each may be missing. */
    private static final class Parser {
        private final String spec;
        private int position;

        Parser(String spec) {
            this.spec = spec;
        }

        FormatSpec parse() {
            int fill = ' ';
            boolean fillGiven = false;
            char align = NONE;
            int afterFirst = spec.isEmpty() ? 0 : Character.charCount(spec.codePointAt(0));
            if (afterFirst < spec.length() && afterFirst > 0 && isOneOf(ALIGNMENTS, afterFirst)) {
                fill = spec.codePointAt(0);
                fillGiven = true;
                align = spec.charAt(afterFirst);
                position = afterFirst + 1;
            } else {
                align = accept(ALIGNMENTS);
            }
            char sign = accept(SIGNS);
            boolean noNegativeZero = accept("z") != NONE;
            boolean alternate = accept("#") != NONE;
            if (!fillGiven && accept("0") != NONE) {
                fill = '0';
                align = align == NONE ? '=' : align;
            }
            int width = number("width");
            int groupingPosition = position;
            char grouping = accept(",_");
            if (grouping != NONE && isOneOf(",_", position)) {
                throw problem("numbers are grouped by one of ',' and '_'; write one.");
            }
            int precision = precision();
            char type = type();
            checkGrouping(grouping, type, groupingPosition);
            checkCharacter(type, sign, alternate);
            int groupSize = grouping == NONE ? 0 : "boxX".indexOf(type) >= 0 && type != NONE ? 4 : 3;
            NumberLayout layout =
                    new NumberLayout(fill, align == NONE ? '>' : align, sign, Math.max(width, 0), grouping, groupSize);
            return new FormatSpec(spec, layout, noNegativeZero, alternate, precision, type);
        }

        private int precision() {
            if (accept(".") == NONE) {
                return UNSET;
            }
            int precision = number("precision");
            if (precision == UNSET) {
                throw problem("a number of digits is missing after '.'; write a format such as \".3f\".");
            }
            return precision;
        }

        private char type() {
            if (position == spec.length()) {
                return NONE;
            }
            char type = accept(TYPES);
            if (type == NONE || position < spec.length()) {
                String rest = spec.substring(type == NONE ? position : --position);
                throw problem("\"" + rest + "\" is not a format of numbers; use one of \"d e f g n % x o b c E F G X\","
                        + " such as \"02d\" or \".3f\".");
            }
            return type;
        }

        private void checkGrouping(char grouping, char type, int at) {
            boolean legal = grouping == NONE
                    || type == NONE
                    || "deEfFgG%".indexOf(type) >= 0
                    || (grouping == '_' && "boxX".indexOf(type) >= 0);
            if (!legal) {
                position = at;
                throw problem("'" + grouping + "' cannot group the digits of the format '" + type + "'; leave it out.");
            }
        }

        private void checkCharacter(char type, char sign, boolean alternate) {
            if (type == 'c' && (sign != NONE || alternate)) {
                position = 0;
                throw problem("a sign or '#' is not allowed with the format 'c'; leave it out.");
            }
        }

        private int number(String what) {
            int start = position;
            int number = 0;
            while (position < spec.length() && spec.charAt(position) >= '0' && spec.charAt(position) <= '9') {
                number = Math.min(number * 10 + spec.charAt(position++) - '0', LIMIT + 1);
            }
            if (number > LIMIT) {
                position = start;
                throw problem("the " + what + " is above " + LIMIT + "; no file name is longer.");
            }
            return position == start ? UNSET : number;
        }

        private char accept(String characters) {
            return isOneOf(characters, position) ? spec.charAt(position++) : NONE;
        }

        private boolean isOneOf(String characters, int index) {
            return index < spec.length() && characters.indexOf(spec.charAt(index)) >= 0;
        }

        private TemplateSyntaxException problem(String problem) {
            return new TemplateSyntaxException(spec, position, problem);
        }
    }
}
