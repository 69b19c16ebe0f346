package dev.rivulet.internal.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** PyTorch's optimizers, recognized by the keys of their states, which do not name the class. */
public final class TorchOptimizers {
    /** What an optimizer is called whose state fits both: PyTorch before 2.7 saved the same keys for them. */
    private static final String ADAM_OR_ADAMW = "Adam or AdamW";

    /** An optimizer by a hyper-parameter of its groups. The first one counts, since some also occur in others. */
    private static final Map<String, String> BY_OPTION = new LinkedHashMap<>();

    static {
        BY_OPTION.put("beta2_decay", "Adafactor");
        BY_OPTION.put("ns_steps", "Muon");
        BY_OPTION.put("history_size", "LBFGS");
        BY_OPTION.put("momentum_decay", "NAdam");
        BY_OPTION.put("etas", "Rprop");
        BY_OPTION.put("lambd", "ASGD");
        BY_OPTION.put("rho", "Adadelta");
        BY_OPTION.put("lr_decay", "Adagrad");
        BY_OPTION.put("alpha", "RMSprop");
        BY_OPTION.put("dampening", "SGD");
    }

    private TorchOptimizers() {}

    /**
     * The class that saved a state; empty if it is not one of PyTorch's.
     *
     * @param state a result of {@code state_dict()}
     */
    public static Optional<String> nameOf(Map<String, ?> state) {
        Map<?, ?> group = first(state.get("param_groups") instanceof List<?> groups ? groups : List.of());
        for (Map.Entry<String, String> known : BY_OPTION.entrySet()) {
            if (group.containsKey(known.getKey())) {
                return Optional.of(known.getValue());
            }
        }
        return group.containsKey("betas") ? nameOfAdam(group, state) : Optional.empty();
    }

    /**
     * Whether the named optimizer takes the same steps as the one that saved a state. Without weight decay, Adam and
     * AdamW do.
     */
    public static boolean fits(String name, Map<String, ?> state) {
        String saved = nameOf(state).orElse("");
        boolean undecided = saved.equals(ADAM_OR_ADAMW) && (name.equals("Adam") || name.equals("AdamW"));
        return saved.equals(name) || (undecided && !decaysWeights(state));
    }

    private static boolean decaysWeights(Map<String, ?> state) {
        return state.get("param_groups") instanceof List<?> groups
                && groups.stream()
                        .anyMatch(group -> group instanceof Map<?, ?> options
                                && options.get("weight_decay") instanceof Number decay
                                && decay.doubleValue() != 0);
    }

    private static Optional<String> nameOfAdam(Map<?, ?> group, Map<String, ?> state) {
        @Nullable Object decoupled = group.get("decoupled_weight_decay");
        if (group.containsKey("amsgrad")) {
            return Optional.of(decoupled == null ? ADAM_OR_ADAMW : decoupled.equals(true) ? "AdamW" : "Adam");
        } else if (decoupled != null) {
            return Optional.of("RAdam");
        }
        Map<?, ?> entry = first(state.get("state") instanceof Map<?, ?> entries ? entries.values() : List.of());
        return entry.containsKey("exp_inf") ? Optional.of("Adamax") : Optional.empty();
    }

    private static Map<?, ?> first(Iterable<?> values) {
        for (Object value : values) {
            return value instanceof Map<?, ?> map ? map : Map.of();
        }
        return Map.of();
    }
}
