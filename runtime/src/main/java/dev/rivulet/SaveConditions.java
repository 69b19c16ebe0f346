package dev.rivulet;

import ai.djl.ndarray.NDManager;

/** Asks the module's conditions whether a due save is carried out. On the training thread. */
final class SaveConditions {
    private final RegistryChain registries;
    private final NDManager manager;
    private final LoopMoment moment;
    private final SaveFailures failures;

    SaveConditions(RegistryChain registries, NDManager manager, LoopMoment moment, SaveFailures failures) {
        this.registries = registries;
        this.manager = manager;
        this.moment = moment;
        this.failures = failures;
    }

    /**
     * Whether a stream saves now.
     *
     * @throws FitException if the condition fails and the stream is one that ends training then
     */
    boolean allow(StreamSaver stream) {
        SaveMoment now = moment.now();
        try (NDManager scope = manager.newSubManager()) {
            return registries.saves(stream.name(), now.context(stream.name(), stream.name(), scope));
        } catch (Throwable e) {
            // A condition is user code, too.
            failures.note(stream, now, e).ifPresent(fatal -> {
                throw fatal;
            });
            return false;
        }
    }
}
