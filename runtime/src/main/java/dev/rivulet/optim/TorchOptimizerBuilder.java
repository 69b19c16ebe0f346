package dev.rivulet.optim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Collects the hyper-parameters and parameter groups of an optimizer.
 *
 * <pre>{@code
 * AdamW.builder().lr(3e-4)
 *         .group(name -> name.endsWith(".bias"), group -> group.weightDecay(0))
 *         .build();
 * }</pre>
 *
 * @param <B> the builder itself
 * @since 0.1
 */
public abstract class TorchOptimizerBuilder<B extends TorchOptimizerBuilder<B>> {
    private final Map<String, @Nullable Object> options = new LinkedHashMap<>();
    private final List<GroupRule<B>> rules = new ArrayList<>();

    private record GroupRule<B>(Predicate<String> members, Consumer<B> settings) {}

    /** Subclasses {@link #option set} all hyper-parameters to their defaults, in PyTorch's order. */
    TorchOptimizerBuilder() {}

    /** This builder. */
    abstract B self();

    /** A new builder of the same kind. */
    abstract B fresh();

    /** Sets the learning rate; at least 0. */
    public final B lr(double value) {
        return nonNegative("lr", value);
    }

    /** Sets the weight decay; at least 0. */
    public final B weightDecay(double value) {
        return nonNegative("weight_decay", value);
    }

    /**
     * Adds a parameter group with its own hyper-parameters; those not set are taken from the default group.
     *
     * <p>The default group is always the first; declared groups follow in the order of the calls. A parameter belongs
     * to the first declared group that matches it, else to the default group.
     *
     * @param members tests the dotted name of a parameter
     * @param settings sets the hyper-parameters of the group
     */
    public final B group(Predicate<String> members, Consumer<B> settings) {
        rules.add(new GroupRule<>(members, settings));
        return self();
    }

    /** Sets a hyper-parameter under PyTorch's name to a number, a boolean, null or a list of numbers. */
    final B option(String name, @Nullable Object value) {
        options.put(name, value);
        return self();
    }

    /** Sets a hyper-parameter that must not be negative. */
    final B nonNegative(String name, double value) {
        if (!(value >= 0)) {
            throw new IllegalArgumentException(name + " is " + value + "; give a number of at least 0.");
        }
        return option(name, value);
    }

    final List<ParamGroup> groups() {
        List<ParamGroup> groups = new ArrayList<>();
        groups.add(new ParamGroup(name -> true, options));
        for (GroupRule<B> rule : rules) {
            B group = fresh();
            TorchOptimizerBuilder<B> builder = group;
            builder.options.putAll(options);
            rule.settings().accept(group);
            if (!builder.rules.isEmpty()) {
                throw new IllegalArgumentException(
                        "A parameter group cannot hold other groups; declare them one after the other.");
            }
            groups.add(new ParamGroup(rule.members(), builder.options));
        }
        return Collections.unmodifiableList(groups);
    }
}
