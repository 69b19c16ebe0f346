package dev.rivulet.optim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Parameters that share hyper-parameters, under the names of PyTorch's {@code param_groups}. Schedulers change the
 * values during training. Not thread-safe; use it on the training thread.
 *
 * @since 0.1
 */
public final class ParamGroup {
    private final Predicate<String> members;
    private final Map<String, @Nullable Object> options;
    private final List<String> parameters = new ArrayList<>();
    private int changes;

    ParamGroup(Predicate<String> members, Map<String, @Nullable Object> options) {
        this.members = members;
        this.options = new LinkedHashMap<>(options);
    }

    /** All hyper-parameters, live and unmodifiable. */
    public Map<String, @Nullable Object> options() {
        return Collections.unmodifiableMap(options);
    }

    /** Dotted names of the parameters, including frozen ones, in the model's order. */
    public List<String> parameters() {
        return Collections.unmodifiableList(parameters);
    }

    /** The learning rate. */
    public double learningRate() {
        return get("lr");
    }

    /** Sets the learning rate for the next step. */
    public void setLearningRate(double value) {
        set("lr", value);
    }

    /**
     * A numeric hyper-parameter.
     *
     * @throws IllegalArgumentException if there is no number of this name
     */
    public double get(String option) {
        if (options.get(option) instanceof Number number) {
            return number.doubleValue();
        }
        throw new IllegalArgumentException(
                "\"" + option + "\" is not a number among the hyper-parameters " + options + ".");
    }

    /** Sets or adds a numeric hyper-parameter. */
    public void set(String option, double value) {
        setAll(Map.of(option, value));
    }

    /** Whether a hyper-parameter has this name. */
    public boolean has(String option) {
        return options.containsKey(option);
    }

    /** Whether a boolean hyper-parameter is true; false if it is missing. */
    public boolean is(String option) {
        return Boolean.TRUE.equals(options.get(option));
    }

    /** One of Adam's two betas. */
    double beta(int index) {
        if (options.get("betas") instanceof List<?> betas && betas.get(index) instanceof Number beta) {
            return beta.doubleValue();
        }
        throw new IllegalArgumentException("\"betas\" are not two numbers among the hyper-parameters " + options + ".");
    }

    /** Whether the optimizer has betas, of which the first takes the role of momentum. */
    boolean hasBetas() {
        return has("betas");
    }

    /** Sets the value that {@code OneCycleLR} cycles: momentum or Adam's beta1. */
    void setMomentum(double value) {
        if (hasBetas()) {
            setAll(Map.of("betas", List.of(value, beta(1))));
        } else {
            set("momentum", value);
        }
    }

    /** A group with these values and without parameters. */
    ParamGroup with(Map<String, @Nullable Object> values) {
        ParamGroup changed = new ParamGroup(members, options);
        changed.setAll(values);
        return changed;
    }

    /** How often hyper-parameters have been set. */
    int changes() {
        return changes;
    }

    boolean matches(String parameter) {
        return members.test(parameter);
    }

    void add(String parameter) {
        parameters.add(parameter);
    }

    void setAll(Map<String, ? extends @Nullable Object> values) {
        options.putAll(values);
        changes++;
    }
}
