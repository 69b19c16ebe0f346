package dev.rivulet.internal.tensor;

/**
 * The 16-bit floating-point types, converted from and to the bits of IEEE single precision.
 *
 * <p>Everything is integer arithmetic on bits, or single-precision arithmetic that Java defines exactly, so the results
 * are the same on every machine.
 */
final class HalfPrecision {
    private static final int INFINITY = 0x7F80_0000;
    private static final int MAGNITUDE = 0x7FFF_FFFF;

    private HalfPrecision() {}

    /** BF16 is the upper half of F32. */
    static void fromBfloat16(short[] from, int[] to, int count) {
        for (int i = 0; i < count; i++) {
            to[i] = from[i] << 16;
        }
    }

    /** Rounds to nearest, ties to even; every NaN becomes 0x7FC0. */
    static void toBfloat16(int[] from, short[] to, int count) {
        for (int i = 0; i < count; i++) {
            int bits = from[i];
            int rounded = (bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16;
            // All ones for a NaN, found without a branch so that the loop can be vectorized.
            int nan = (INFINITY - (bits & MAGNITUDE)) >> 31;
            to[i] = (short) ((rounded & ~nan) | (0x7FC0 & nan));
        }
    }

    static void fromFloat16(short[] from, int[] to, int count) {
        for (int i = 0; i < count; i++) {
            to[i] = fromFloat16(from[i]);
        }
    }

    static void toFloat16(int[] from, short[] to, int count) {
        for (int i = 0; i < count; i++) {
            to[i] = toFloat16(from[i]);
        }
    }

    private static int fromFloat16(short half) {
        int sign = (half & 0x8000) << 16;
        int magnitude = half & 0x7FFF;
        if (magnitude >= 0x7C00) {
            int quiet = magnitude > 0x7C00 ? 0x0040_0000 : 0;
            return sign | INFINITY | quiet | ((magnitude & 0x03FF) << 13);
        }
        if (magnitude < 0x0400) {
            // A subnormal number is a multiple of 2^-24, which single precision holds as a normal number.
            return sign | Float.floatToRawIntBits(magnitude * 0x1p-24f);
        }
        return sign | ((magnitude << 13) + ((127 - 15) << 23));
    }

    private static short toFloat16(int bits) {
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & MAGNITUDE;
        if (magnitude > INFINITY) {
            return (short) (sign | 0x7E00 | ((magnitude >>> 13) & 0x03FF));
        }
        if (magnitude >= 0x4780_0000) { // 2^16: infinite without rounding
            return (short) (sign | 0x7C00);
        }
        if (magnitude < 0x3880_0000) { // below 2^-14: subnormal, so a multiple of 2^-24
            // Adding 0.5 leaves a float whose last place is 2^-24: the hardware rounds to nearest, ties to even.
            int aligned = Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) + 0.5f);
            return (short) (sign | (aligned - 0x3F00_0000));
        }
        int rounded = magnitude - ((127 - 15) << 23) + 0x0FFF + ((magnitude >>> 13) & 1);
        return (short) (sign | (rounded >>> 13));
    }
}
