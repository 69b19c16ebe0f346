package dev.rivulet.policy;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * The digits of a double, rounded half to even from its exact binary value, and laid out as CPython lays them out.
 *
 * <p>{@link Double#toString} is not used: before JDK 19 it prints more digits than needed for some values
 * (JDK-4511638), and its exponents look different.
 */
final class FloatDigits {
    private static final int DEFAULT_PRECISION = 6;
    /** Decimal digits that distinguish any two doubles. */
    private static final int MAX_SHORTEST = 17;
    /** Most logged values, being widened 32-bit floats, need more digits than these. */
    private static final int LONG = 15;

    private final double value;
    private final boolean keepPoint;

    /**
     * Takes a value.
     *
     * @param keepPoint whether decimal point and trailing zeros stay, as {@code #} demands
     */
    FloatDigits(double value, boolean keepPoint) {
        this.value = value;
        this.keepPoint = keepPoint;
    }

    /** Whether a minus sign belongs before the number; never for NaN. */
    boolean isNegative() {
        return value < 0 || (value == 0 && 1 / value < 0);
    }

    /** Whether a formatted magnitude has no digit but zeros. */
    static boolean isZero(String magnitude) {
        int exponent = magnitude.indexOf('e');
        String mantissa = exponent < 0 ? magnitude : magnitude.substring(0, exponent);
        return mantissa.chars().allMatch(character -> character == '0' || character == '.');
    }

    /** How many digits stand at the start of a formatted magnitude. */
    static int integerDigits(String magnitude) {
        int digits = 0;
        while (digits < magnitude.length() && Character.isDigit(magnitude.charAt(digits))) {
            digits++;
        }
        return digits;
    }

    /**
     * The magnitude, without sign.
     *
     * @param type {@code e}, {@code f} or {@code %}, {@code g} or {@code n}, or {@link FormatSpec#NONE}
     * @param precision digits after the point, or of all for {@code g}; negative for the default
     */
    String format(char type, int precision) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return "inf";
        }
        int digits = precision < 0 ? DEFAULT_PRECISION : precision;
        return switch (type) {
            case 'e' -> scientific(digits);
            case 'f', '%' -> fixed(digits);
            case 'g', 'n' -> general(digits, false);
            default -> precision < 0 ? repr() : general(precision, true);
        };
    }

    private BigDecimal exact() {
        return new BigDecimal(Math.abs(value));
    }

    private String fixed(int precision) {
        String plain = exact().setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
        return precision == 0 && keepPoint ? plain + "." : plain;
    }

    private String scientific(int precision) {
        Decimal decimal = significant(precision + 1);
        return decimal.scientific(precision + 1, keepPoint);
    }

    /**
     * Fixed notation for moderate exponents, scientific beyond.
     *
     * @param pointZero whether a whole number shows {@code .0}
     */
    private String general(int precision, boolean pointZero) {
        int significant = Math.max(precision, 1);
        Decimal decimal = significant(significant);
        boolean scientific = decimal.point <= -4 || decimal.point > significant - (pointZero ? 1 : 0);
        int shown = keepPoint ? significant : decimal.digits.length();
        return scientific ? decimal.scientific(shown, keepPoint) : decimal.fixed(shown, keepPoint, pointZero);
    }

    /** Python's {@code repr}: the shortest digits that read back as the same double. */
    private String repr() {
        Decimal decimal = shortest();
        boolean scientific = decimal.point <= -4 || decimal.point > 16;
        return scientific
                ? decimal.scientific(decimal.digits.length(), keepPoint)
                : decimal.fixed(decimal.digits.length(), keepPoint, true);
    }

    private Decimal significant(int count) {
        return Decimal.of(exact().round(new MathContext(count, RoundingMode.HALF_EVEN)));
    }

    /**
     * The shortest decimal in the interval that rounds to the value; of several the nearest. Both neighbours of each
     * length are tried: below a power of two the interval is half as wide, so the nearest may lie outside it.
     */
    private Decimal shortest() {
        BigDecimal exact = exact();
        if (exact.signum() == 0) {
            return Decimal.of(exact);
        }
        // A shorter decimal would have a neighbour of this length between itself and the value.
        int first = readsBack(exact, LONG) == null ? LONG + 1 : 1;
        for (int count = first; count < MAX_SHORTEST; count++) {
            BigDecimal found = readsBack(exact, count);
            if (found != null) {
                return Decimal.of(found);
            }
        }
        return significant(MAX_SHORTEST);
    }

    /** The nearest decimal of this many digits that reads back as the value; null if neither does. */
    private @Nullable BigDecimal readsBack(BigDecimal exact, int count) {
        double target = Math.abs(value);
        BigDecimal nearest = exact.round(new MathContext(count, RoundingMode.HALF_EVEN));
        if (nearest.doubleValue() == target) {
            return nearest;
        }
        BigDecimal below = exact.round(new MathContext(count, RoundingMode.DOWN));
        BigDecimal other = nearest.compareTo(below) == 0 ? below.add(below.ulp()) : below;
        return other.doubleValue() == target ? other : null;
    }

    /**
     * A decimal {@code 0.DIGITS × 10^point}.
     *
     * @param digits without trailing zeros, {@code 0} for zero
     * @param point how many digits stand before the decimal point
     */
    private record Decimal(String digits, int point) {

        static Decimal of(BigDecimal decimal) {
            if (decimal.signum() == 0) {
                return new Decimal("0", 1);
            }
            BigDecimal stripped = decimal.stripTrailingZeros();
            return new Decimal(stripped.unscaledValue().toString(), stripped.precision() - stripped.scale());
        }

        String scientific(int shown, boolean keepPoint) {
            String padded = digits + "0".repeat(Math.max(0, shown - digits.length()));
            String fraction = padded.substring(1);
            int exponent = point - 1;
            return padded.charAt(0)
                    + (fraction.isEmpty() && !keepPoint ? "" : "." + fraction)
                    + (exponent < 0 ? "e-" : "e+")
                    + (Math.abs(exponent) < 10 ? "0" : "")
                    + Math.abs(exponent);
        }

        String fixed(int shown, boolean keepPoint, boolean pointZero) {
            String padded = digits + "0".repeat(Math.max(0, Math.max(shown, point) - digits.length()));
            String integer = point > 0 ? padded.substring(0, point) : "0";
            String fraction = point > 0 ? padded.substring(point) : "0".repeat(-point) + padded;
            if (fraction.isEmpty()) {
                return integer + (pointZero ? ".0" : keepPoint ? "." : "");
            }
            return integer + "." + fraction;
        }
    }
}
