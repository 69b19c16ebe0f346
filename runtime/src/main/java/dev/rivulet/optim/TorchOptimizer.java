package dev.rivulet.optim;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.optimizer.Optimizer;
import dev.rivulet.internal.optim.Arithmetic;
import dev.rivulet.internal.optim.ParameterUpdates;
import dev.rivulet.internal.optim.Update;
import dev.rivulet.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An optimizer with PyTorch's arithmetic, defaults, parameter groups and state, for Rivulet's trainer or DJL's.
 *
 * <p>On the CPU and in float32, weights and state are bit-identical to PyTorch's, because each operation rounds like
 * libtorch's. They are updated in Java, on as many threads as libtorch uses, except for square roots, which libtorch does
 * not always round to the nearest. Parameters of other types and devices are updated by operations of libtorch. Nothing
 * is recorded for gradients, whatever the thread's mode, and no array is left open. DJL's fused updates are not used:
 * they round differently, and Adam's adds epsilon at another position.
 *
 * <p><b>Parameters without gradient.</b> PyTorch skips a parameter whose {@code grad} is {@code None}. For a parameter
 * that the loss does not depend on, DJL returns zeros, which cannot be distinguished from a zero gradient. The step is
 * therefore taken with zeros, and momentum and weight decay continue to change the parameter. Freeze it to prevent
 * that.
 *
 * <p>Not thread-safe; use it on the training thread.
 *
 * @since 0.1
 */
public abstract class TorchOptimizer extends Optimizer implements StatefulOptimizer {
    static final Set<Parameter.Type> BUFFERS = Set.of(Parameter.Type.RUNNING_MEAN, Parameter.Type.RUNNING_VAR);

    private final List<ParamGroup> groups;
    private final Map<String, ParameterState> states = new LinkedHashMap<>();
    private final Map<String, NDArray> stateArrays = new LinkedHashMap<>();
    private final Map<String, NDArray> untrained = new LinkedHashMap<>();
    private final LrSchedules schedules = new LrSchedules();
    private @Nullable NDManager memory;
    private @Nullable ParameterUpdates updates;
    private @Nullable GroupUpdate newest;

    TorchOptimizer(TorchOptimizerBuilder<?> builder) {
        super(Optimizer.sgd()); // DJL's own settings are not used.
        groups = builder.groups();
    }

    /** The parameter groups: first the default group, then those declared. */
    public final List<ParamGroup> paramGroups() {
        return groups;
    }

    /** The learning rate schedules, which the training loop steps. */
    public final LrSchedules schedules() {
        return schedules;
    }

    /**
     * Schedules a scheduler to be stepped after each epoch.
     *
     * <p>Add schedules before the optimizer is initialized: some set hyper-parameters that determine the state.
     */
    public final void schedule(LrScheduler scheduler) {
        schedule(LrSchedule.of(scheduler));
    }

    /** Schedules a scheduler to be stepped after each epoch or each optimizer step. */
    public final void schedule(LrScheduler scheduler, LrInterval interval) {
        schedule(LrSchedule.of(scheduler).every(1, interval));
    }

    /** Adds a schedule. */
    public final void schedule(LrSchedule schedule) {
        schedules.add(schedule, groups);
    }

    @Override
    public final void initialize(Map<String, Parameter> parameters) {
        if (isInitialized()) {
            throw new IllegalStateException(
                    getClass().getSimpleName() + " has already been used to train; create one optimizer for each fit.");
        }
        parameters.forEach((name, parameter) -> {
            if (!BUFFERS.contains(parameter.getType())) {
                group(name).add(name);
                untrained.put(name, parameter.getArray());
                if (parameter.requiresGradient()) {
                    addState(name);
                }
            }
        });
    }

    @Override
    public final List<List<String>> parametersByGroup() {
        return groups.stream().map(ParamGroup::parameters).toList();
    }

    @Override
    public final Map<String, NDArray> stateArrays() {
        return Collections.unmodifiableMap(stateArrays);
    }

    /**
     * Updates one parameter and its state, in place.
     *
     * @param parameterId the dotted name of the parameter
     */
    @Override
    public final void update(String parameterId, NDArray weight, NDArray grad) {
        ParameterState state = states.get(parameterId);
        if (state == null) {
            if (untrained.put(parameterId, weight) == null) {
                group(parameterId).add(parameterId);
            }
            state = addState(parameterId);
        }
        state.setSteps(state.steps() + 1);
        updates().update(parameterId, weight, grad, state.arrays(), update(state.group(), state.steps()));
    }

    @Override
    public final Map<Long, Map<String, NDArray>> arraysByIndex() {
        return layout().arraysByIndex();
    }

    @Override
    public final Map<String, @Nullable Object> stateDict(Function<String, Tensor> tensors) {
        return layout().write(tensors);
    }

    @Override
    public final void loadStateDict(Map<String, ?> state) {
        if (!isInitialized()) {
            throw new IllegalStateException(
                    getClass().getSimpleName() + " has no parameters yet; initialize it before loading a state.");
        }
        layout().read(state);
    }

    @Override
    public final void close() {
        if (memory != null) {
            memory.close();
        }
        if (updates != null) {
            updates.close();
        }
    }

    /** PyTorch's names of the state arrays of each parameter in the group. */
    abstract List<String> arrayKeys(ParamGroup group);

    /** Whether PyTorch stores the number of steps in a parameter's state. */
    boolean recordsSteps() {
        return true;
    }

    /** Whether PyTorch creates the state before the first step. */
    boolean startsWithState() {
        return false;
    }

    /** The initial value of the state arrays' elements. */
    double initialValue(ParamGroup group) {
        return 0;
    }

    /**
     * A step's update, except for weight decay that is not decoupled.
     *
     * @param step number of the step of the parameter, from 1
     */
    abstract <A> Update<A> update(Arithmetic<A> math, ParamGroup group, long step);

    private ParameterUpdates updates() {
        if (updates == null) {
            updates = new ParameterUpdates(Engine.getInstance());
        }
        return updates;
    }

    /** The update of a group's parameters at a step. It is the same object for all of them, so it is prepared once. */
    private GroupUpdate update(ParamGroup group, long step) {
        if (newest == null || !newest.isFor(group, step)) {
            newest = new GroupUpdate(group, step);
        }
        return newest;
    }

    /** An update for the hyper-parameters of a group as they are now. */
    private final class GroupUpdate implements Update.Source {
        private final ParamGroup group;
        private final int changes;
        private final long step;

        GroupUpdate(ParamGroup group, long step) {
            this.group = group;
            this.changes = group.changes();
            this.step = step;
        }

        boolean isFor(ParamGroup other, long otherStep) {
            return group == other && changes == other.changes() && step == otherStep;
        }

        @Override
        public <A> Update<A> of(Arithmetic<A> math) {
            Update<A> update = update(math, group, step);
            double weightDecay = group.is("decoupled_weight_decay") ? 0 : group.get("weight_decay");
            return weightDecay == 0
                    ? update
                    : (weight, gradient, state) -> math.withCopy(gradient, decaying -> {
                        math.addScaled(decaying, weight, weightDecay);
                        update.apply(weight, decaying, state);
                    });
        }
    }

    private boolean isInitialized() {
        return !(states.isEmpty() && untrained.isEmpty());
    }

    /** Creates the state of a parameter that has not been trained before. */
    private ParameterState addState(String name) {
        NDArray weight = Objects.requireNonNull(untrained.remove(name), name);
        ParamGroup group = group(name);
        ParameterState state = new ParameterState(name, group);
        for (String key : arrayKeys(group)) {
            NDArray array =
                    memory(weight.getDevice()).zeros(weight.getShape(), weight.getDataType(), weight.getDevice());
            double initial = initialValue(group);
            if (initial != 0) {
                updates().arithmetic().addScalar(array, initial);
            }
            state.add(key, array);
            stateArrays.put(key + "." + name, array);
        }
        states.put(name, state);
        return state;
    }

    private ParamGroup group(String name) {
        for (ParamGroup group : groups.subList(1, groups.size())) {
            if (group.matches(name)) {
                return group;
            }
        }
        return groups.get(0);
    }

    private NDManager memory(Device device) {
        if (memory == null) {
            memory = Engine.getInstance().newBaseManager(device);
        }
        return memory;
    }

    private TorchStateDict layout() {
        return new TorchStateDict(
                getClass().getSimpleName(),
                groups,
                states,
                this::addState,
                new TorchStateDict.Layout(this::arrayKeys, recordsSteps(), startsWithState()));
    }
}
