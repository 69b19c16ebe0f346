package dev.rivulet.random;

import dev.rivulet.internal.format.DictReader;
import java.util.AbstractMap;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The complete random state of a run at a step boundary. Immutable.
 *
 * @param seed the seed of the run
 * @param method how libtorch's generator is continued
 * @param torch libtorch's CPU generator; present exactly if the method is {@link RandomMethod#GENERATOR_STATE}
 * @param java DJL's shared generator, used for shuffling and augmentation
 * @param named the generators of {@link NamedRandoms}, by name
 * @since 0.1
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
     * Entries for a checkpoint, all of them strings, so that no format rounds a number. They are computed when they are
     * first read: by the thread that writes the checkpoint, not by the one that trains.
     *
     * <pre>{@code
     * seed                "42"
     * method              "GENERATOR_STATE"
     * torch_cpu           base64 of what torch.get_rng_state() gives in Python
     * java_random         16 hexadecimal digits
     * java_next_gaussian  16 hexadecimal digits, the bits of a double; only if pending
     * named               {"noise": 32 hexadecimal digits, counter and gamma of SplitMix64}
     * }</pre>
     */
    public Map<String, Object> toEntries() {
        return new AbstractMap<>() {
            @Override
            public Set<Entry<String, Object>> entrySet() {
                return entries().entrySet();
            }
        };
    }

    private Map<String, Object> entries() {
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
     * Reads a state written by {@link #toEntries}.
     *
     * @throws IllegalArgumentException if an entry is missing or malformed; the message names it
     */
    public static RandomState fromEntries(Map<?, ?> entries) {
        DictReader saved = new DictReader("", entries, RandomState::malformed);
        return new RandomState(
                saved.parsed("seed", Long::parseLong),
                saved.parsed("method", RandomMethod::valueOf),
                saved.optional("torch_cpu", (dict, key) -> dict.parsed(key, RandomState::parseTorch)),
                new JavaRandomState(
                        saved.parsed("java_random", RandomState::parseHex),
                        saved.optional("java_next_gaussian", (dict, key) -> dict.parsed(key, RandomState::parseDouble))
                                .map(OptionalDouble::of)
                                .orElse(OptionalDouble.empty())),
                saved.dict("named").all((dict, key) -> dict.parsed(key, RandomState::parseGenerator)));
    }

    private static TorchState parseTorch(String base64) {
        return TorchState.checked(Base64.getDecoder().decode(base64));
    }

    private static SplitMix64.State parseGenerator(String digits) {
        return new SplitMix64.State(parseHex(digits.substring(0, HEX_DIGITS)), parseHex(digits.substring(HEX_DIGITS)));
    }

    private static double parseDouble(String digits) {
        return Double.longBitsToDouble(parseHex(digits));
    }

    private static long parseHex(String digits) {
        if (digits.length() != HEX_DIGITS) {
            throw new IllegalArgumentException("A number has " + HEX_DIGITS + " hexadecimal digits.");
        }
        return HexFormat.fromHexDigitsToLong(digits);
    }

    private static RuntimeException malformed(DictReader entries, @Nullable Object key, String expected) {
        return new IllegalArgumentException("The random state's entry \"" + key + "\" is missing or malformed: "
                + entries.shown(key) + "; resume from another checkpoint.");
    }
}
