package dev.rivulet.random;

import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All random state of a run at a step boundary.
 *
 * @param seed the seed of the run
 * @param method how libtorch's numbers are continued
 * @param torch libtorch's generator; present exactly if the method is {@link RandomMethod#GENERATOR_STATE}
 * @param java the generator that DJL shares, which shuffles and augments
 * @param named the generators of {@link NamedRandoms}, by name
 */
public record RandomState(
        long seed,
        RandomMethod method,
        Optional<TorchState> torch,
        JavaRandomState java,
        Map<String, SplitMix64.State> named) {
    private static final HexFormat HEX = HexFormat.of();
    private static final int HEX_DIGITS = 16;

    /** Checks that the method and libtorch's state agree. */
    public RandomState {
        if (torch.isPresent() != (method == RandomMethod.GENERATOR_STATE)) {
            throw new IllegalArgumentException("libtorch's generator state is "
                    + (torch.isPresent() ? "present" : "missing") + ", but the method is " + method + ".");
        }
        named = Map.copyOf(named);
    }

    /**
     * Entries for a checkpoint: text only, so that no format rounds a number.
     *
     * <pre>{@code
     * seed                "42"
     * method              "GENERATOR_STATE"
     * torch_cpu           base64 of what torch.get_rng_state() gives in Python
     * java_random         16 hexadecimal digits
     * java_next_gaussian  16 hexadecimal digits, the bits of a double; only if one is pending
     * named               {"noise": 32 hexadecimal digits, counter and gamma of SplitMix64}
     * }</pre>
     */
    public Map<String, Object> toEntries() {
        Map<String, Object> entries = new LinkedHashMap<>();
        entries.put("seed", Long.toString(seed));
        entries.put("method", method.name());
        torch.ifPresent(state -> entries.put("torch_cpu", Base64.getEncoder().encodeToString(state.shared())));
        entries.put("java_random", HEX.toHexDigits(java.seed()));
        java.pendingGaussian()
                .ifPresent(gaussian ->
                        entries.put("java_next_gaussian", HEX.toHexDigits(Double.doubleToRawLongBits(gaussian))));
        Map<String, Object> states = new TreeMap<>();
        named.forEach(
                (name, state) -> states.put(name, HEX.toHexDigits(state.counter()) + HEX.toHexDigits(state.gamma())));
        entries.put("named", states);
        return entries;
    }

    /**
     * The state that {@link #toEntries} wrote.
     *
     * @throws IllegalArgumentException if an entry is missing or malformed, with its name
     */
    public static RandomState fromEntries(Map<?, ?> entries) {
        return new RandomState(
                parse(entries, "seed", Long::parseLong),
                parse(entries, "method", RandomMethod::valueOf),
                optional(
                        entries,
                        "torch_cpu",
                        text -> TorchState.checked(Base64.getDecoder().decode(text))),
                new JavaRandomState(
                        parse(entries, "java_random", RandomState::parseHex),
                        optional(entries, "java_next_gaussian", RandomState::parseDouble)
                                .map(OptionalDouble::of)
                                .orElse(OptionalDouble.empty())),
                parseNamed(entries.get("named")));
    }

    private static Map<String, SplitMix64.State> parseNamed(@Nullable Object named) {
        if (!(named instanceof Map<?, ?> states)) {
            throw malformed("named", named, null);
        }
        Map<String, SplitMix64.State> parsed = new TreeMap<>();
        for (Object name : states.keySet()) {
            parsed.put(String.valueOf(name), parse(states, String.valueOf(name), RandomState::parseGenerator));
        }
        return parsed;
    }

    private static SplitMix64.State parseGenerator(String text) {
        return new SplitMix64.State(parseHex(text.substring(0, HEX_DIGITS)), parseHex(text.substring(HEX_DIGITS)));
    }

    private static double parseDouble(String text) {
        return Double.longBitsToDouble(parseHex(text));
    }

    private static long parseHex(String text) {
        if (text.length() != HEX_DIGITS) {
            throw new IllegalArgumentException("A number has " + HEX_DIGITS + " hexadecimal digits.");
        }
        return HexFormat.fromHexDigitsToLong(text);
    }

    private static <T> Optional<T> optional(Map<?, ?> entries, String name, Parser<T> parser) {
        return entries.containsKey(name) ? Optional.of(parse(entries, name, parser)) : Optional.empty();
    }

    private static <T> T parse(Map<?, ?> entries, String name, Parser<T> parser) {
        if (!(entries.get(name) instanceof String text)) {
            throw malformed(name, entries.get(name), null);
        }
        try {
            return parser.parse(text);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw malformed(name, text, e);
        }
    }

    private static IllegalArgumentException malformed(
            String name, @Nullable Object value, @Nullable RuntimeException cause) {
        String shown = String.valueOf(value);
        String part = shown.length() > 60 ? shown.substring(0, 60) + "…" : shown;
        return new IllegalArgumentException(
                "The random state's entry \"" + name + "\" is missing or malformed: " + part
                        + "; resume from another checkpoint.",
                cause);
    }

    /** What a text stands for. */
    private interface Parser<T> {
        T parse(String text);
    }
}
