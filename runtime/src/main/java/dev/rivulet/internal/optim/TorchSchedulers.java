package dev.rivulet.internal.optim;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** PyTorch's schedulers, recognized by the keys of their states, which do not name the class. */
public final class TorchSchedulers {
    private static final String WITHOUT = ", which dev.rivulet.optim does not have; remove all states from"
            + " \"lr_schedulers\" of the file in Python and resume without schedulers, or load only the weights.";

    /** Keys of most schedulers, and keys that depend on a setting or on PyTorch's version. */
    private static final Set<String> COMMON = Set.of(
            "base_lrs",
            "last_epoch",
            "verbose",
            "use_beta1",
            "default_min_lr",
            "_step_count",
            "_is_initial",
            "_get_lr_called_within_step",
            "_last_lr");

    private static final Set<String> AVAILABLE = Set.of(
            "StepLR",
            "MultiStepLR",
            "ExponentialLR",
            "ConstantLR",
            "LinearLR",
            "CosineAnnealingLR",
            "OneCycleLR",
            "LambdaLR",
            "ReduceLROnPlateau",
            "SequentialLR");

    /** A scheduler by a key of its state. The first key counts, since some also occur in others. */
    private static final Map<String, String> BY_KEY = new LinkedHashMap<>();

    static {
        BY_KEY.put("T_mult", "CosineAnnealingWarmRestarts");
        BY_KEY.put("step_ratio", "CyclicLR");
        BY_KEY.put("power", "PolynomialLR");
        BY_KEY.put("anneal_epochs", "SWALR");
        BY_KEY.put("_milestones", "SequentialLR");
        BY_KEY.put("_schedulers", "ChainedScheduler");
        BY_KEY.put("lr_lambdas", "LambdaLR");
        BY_KEY.put("step_size", "StepLR");
        BY_KEY.put("milestones", "MultiStepLR");
        BY_KEY.put("T_max", "CosineAnnealingLR");
        BY_KEY.put("start_factor", "LinearLR");
        BY_KEY.put("total_steps", "OneCycleLR");
        BY_KEY.put("patience", "ReduceLROnPlateau");
        BY_KEY.put("factor", "ConstantLR");
        BY_KEY.put("gamma", "ExponentialLR");
    }

    private TorchSchedulers() {}

    /** The keys that distinguish a state from those of other schedulers. */
    public static Set<String> ownKeys(Set<String> keys) {
        Set<String> own = new TreeSet<>(keys);
        own.removeAll(COMMON);
        return own;
    }

    /** Names the scheduler and what to do, as the end of a sentence. */
    public static String describe(Set<String> keys) {
        for (Map.Entry<String, String> known : BY_KEY.entrySet()) {
            if (keys.contains(known.getKey())) {
                return AVAILABLE.contains(known.getValue())
                        ? known.getValue() + "; schedule the same ones as in the saved run."
                        : "PyTorch's " + known.getValue() + WITHOUT;
            }
        }
        return "an unknown scheduler" + WITHOUT;
    }
}
