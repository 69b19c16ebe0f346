package dev.rivulet.optim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Parameters that share hyper-parameters, under the names that they have in PyTorch's {@code param_groups}. Schedulers
 * change the values during training. For the thread that trains.
 */
public final class ParamGroup {
    private final Predicate<String> members;
    private final Map<String, @Nullable Object> options;
    private final List<String> parameters = new ArrayList<>();

    ParamGroup(Predicate<String> members, Map<String, @Nullable Object> options) {
        this.members = members;
        this.options = new LinkedHashMap<>(options);
    }

    /** All hyper-parameters, live and unmodifiable. */
    public Map<String, @Nullable Object> options() {
        return Collections.unmodifiableMap(options);
    }

    /** Dotted names of the parameters, frozen ones included, in the model's order. */
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
     * A hyper-parameter that is a number.
     *
     * @throws IllegalArgumentException if none has this name
     */
    public double get(String option) {
        if (options.get(option) instanceof Number number) {
            return number.doubleValue();
        }
        throw new IllegalArgumentException(
                "\"" + option + "\" is not a number among the hyper-parameters " + options + ".");
    }

    /** Sets a hyper-parameter that is a number, or adds it. */
    public void set(String option, double value) {
        options.put(option, value);
    }

    /** Whether there is a hyper-parameter of this name. */
    public boolean has(String option) {
        return options.containsKey(option);
    }

    /** Whether a hyper-parameter is true; false if it is not there. */
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

    /** Whether momentum is called beta1 here. */
    boolean hasBetas() {
        return has("betas");
    }

    /** Sets what {@code OneCycleLR} cycles: momentum, or Adam's beta1. */
    void setMomentum(double value) {
        if (hasBetas()) {
            options.put("betas", List.of(value, beta(1)));
        } else {
            set("momentum", value);
        }
    }

    /** A group with other values, which has no parameters yet. */
    ParamGroup with(Map<String, @Nullable Object> values) {
        ParamGroup changed = new ParamGroup(members, options);
        changed.setAll(values);
        return changed;
    }

    boolean matches(String parameter) {
        return members.test(parameter);
    }

    void add(String parameter) {
        parameters.add(parameter);
    }

    void setAll(Map<String, @Nullable Object> values) {
        options.putAll(values);
    }
}
