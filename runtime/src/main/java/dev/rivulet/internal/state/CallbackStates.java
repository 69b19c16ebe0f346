package dev.rivulet.internal.state;

import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.hook.ModelHooks;
import dev.rivulet.internal.format.torch.PlainValues;
import dev.rivulet.internal.format.torch.TorchValue;
import dev.rivulet.internal.loop.LoopMemory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The states of a run's callbacks, as in the entry {@code callbacks} of Lightning. States in a checkpoint that belong
 * to other callbacks, for example to those of Lightning, are kept for the checkpoints of the run. For the training
 * thread.
 */
public final class CallbackStates implements ModelHooks {
    private static final Logger LOG = LoggerFactory.getLogger(CallbackStates.class);

    private final LoopMemory memory;
    private final List<Owner> owners;
    private Map<TorchValue, TorchValue> others = Map.of();
    private TorchValue.@Nullable Dict atValidationStart;

    /** A callback that may have state. */
    public interface Owner {

        /** Whether it has state; the same for the whole fit. */
        boolean hasState();

        /** The key of its state. */
        String stateKey();

        /** Its current state. */
        Map<String, @Nullable Object> stateDict() throws Exception;

        /** Restores its state. */
        void loadStateDict(Map<String, @Nullable Object> state) throws Exception;
    }

    /** The states of callbacks, which are called in this order. */
    public CallbackStates(LoopMemory memory, List<? extends Owner> callbacks) {
        this.memory = memory;
        this.owners = callbacks.stream().filter(Owner::hasState).collect(Collectors.toUnmodifiableList());
    }

    /** Whether no callback has state. */
    boolean isEmpty() {
        return owners.isEmpty();
    }

    @Override
    public void onValidationStart() {
        atValidationStart = current();
    }

    /** The states at the position of {@link dev.rivulet.internal.loop.LoopState#progress}, by key. */
    TorchValue.Dict capture() {
        return memory.isWithinValidation() && atValidationStart != null ? atValidationStart : current();
    }

    private TorchValue.Dict current() {
        Map<TorchValue, TorchValue> states = new LinkedHashMap<>(others);
        owners.forEach(owner -> states.put(TorchValue.of(owner.stateKey()), state(owner)));
        return new TorchValue.Dict(false, states, Map.of());
    }

    /** A copy, with keys in an order that is the same in every process. */
    private static TorchValue state(Owner owner) {
        try {
            return PlainValues.copyToTorch(new TreeMap<>(owner.stateDict()));
        } catch (Exception | StackOverflowError e) { // Of a list that contains itself.
            throw new IllegalStateException(
                    "The state of the callback \"" + owner.stateKey() + "\" cannot be saved: " + e, e);
        }
    }

    /**
     * Restores the states of another run.
     *
     * @param file named in messages
     * @throws NotResumableException if a callback refuses its state
     */
    public void restore(Path file, TorchValue.Dict saved) {
        Map<TorchValue, TorchValue> unknown = new LinkedHashMap<>(saved.entries());
        for (Owner owner : owners) {
            TorchValue state = unknown.remove(TorchValue.of(owner.stateKey()));
            if (state == null) {
                LOG.warn("{} has no state of the callback \"{}\", which starts fresh.", file, owner.stateKey());
            } else {
                restore(file, owner, state);
            }
        }
        others = unknown;
        if (!others.isEmpty()) {
            Set<Object> keys =
                    others.keySet().stream().map(PlainValues::fromTorch).collect(Collectors.toSet());
            LOG.warn(
                    "{} has states of callbacks that this run does not have: {}. They have no effect, and are saved"
                            + " again with its checkpoints.",
                    file,
                    keys);
        }
    }

    private static void restore(Path file, Owner owner, TorchValue state) {
        try {
            if (!(PlainValues.fromTorch(state) instanceof Map<?, ?> entries)) {
                throw new IllegalArgumentException("it is not a dictionary.");
            }
            Map<String, @Nullable Object> named = new LinkedHashMap<>();
            entries.forEach((key, value) -> named.put(String.valueOf(key), value));
            owner.loadStateDict(named);
        } catch (Exception e) {
            throw new NotResumableException(
                    "Training cannot resume from " + file + ": the state of the callback \"" + owner.stateKey()
                            + "\" cannot be restored: " + e.getMessage() + " Resume with the callback that saved it.",
                    e);
        }
    }
}
