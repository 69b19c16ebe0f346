package dev.rivulet.internal.state;

import ai.djl.pytorch.jni.JniUtils;
import dev.rivulet.checkpoint.NotResumableException;
import dev.rivulet.internal.format.DictReader;
import dev.rivulet.internal.format.torch.PlainValues;
import dev.rivulet.internal.lightning.TrainingState;
import dev.rivulet.internal.loop.FirstBatch;
import dev.rivulet.internal.loop.Metrics;
import dev.rivulet.internal.retention.DecisionState;
import dev.rivulet.optim.LrSchedule;
import dev.rivulet.optim.OptimizerStep;
import dev.rivulet.optim.StatefulOptimizer;
import dev.rivulet.random.RandomState;
import dev.rivulet.tensor.Tensor;
import dev.rivulet.transform.StatefulTransform;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The entries of {@link TrainingState#own}: what a run needs to resume and Lightning does not save.
 *
 * <pre>{@code
 * optimizer     "dev.rivulet.optim.Adam"
 * parameter_groups  [[names of the parameters of each group of the optimizer]]; only if there are several
 * schedules     ["StepLR, every epoch"]
 * metrics       {"values": {"loss": 0.1}, "epoch_means": {"loss": [sum, weight]}}
 * random        entries of RandomState
 * epoch_random  the same, before the pass over the epoch's data; only if its order depends on it
 * data_order    what the order of the records depends on; only if the data set says so
 * first_batch   of the epoch: {"size": 4, "records": 16, "indices": [0, 1, 2, 3]}; only for other data sets
 * accumulate_grad_batches, limit_train_batches
 * transforms    {"Module#average": {"class": name, "arrays": {name: tensor}, "state": {…}}}
 * streams       {"original": entries of DecisionState}
 * parameters    names of all parameters, in their order
 * frozen        names of the frozen parameters
 * threads       number of libtorch threads
 * gradients     {parameter: tensor}; only if an optimizer step has not used them yet
 * }</pre>
 *
 * <p>A checkpoint saved by Lightning has none of them.
 */
final class TrainingEntries {
    private static final String OPTIMIZER = "optimizer";
    private static final String GROUPS = "parameter_groups";
    private static final String SCHEDULES = "schedules";
    private static final String METRICS = "metrics";
    private static final String VALUES = "values";
    private static final String EPOCH_MEANS = "epoch_means";
    private static final String RANDOM = "random";
    private static final String EPOCH_RANDOM = "epoch_random";
    private static final String DATA_ORDER = "data_order";
    private static final String FIRST_BATCH = "first_batch";
    private static final String SIZE = "size";
    private static final String RECORDS = "records";
    private static final String INDICES = "indices";
    private static final String ACCUMULATED = "accumulate_grad_batches";
    private static final String LIMIT = "limit_train_batches";
    private static final String TRANSFORMS = "transforms";
    private static final String KIND = "class";
    private static final String ARRAYS = "arrays";
    private static final String STATE = "state";
    private static final String STREAMS = "streams";
    private static final String PARAMETERS = "parameters";
    private static final String FROZEN = "frozen";
    private static final String THREADS = "threads";
    private static final String GRADIENTS = "gradients";

    private final DictReader saved;

    /**
     * The entries of a checkpoint.
     *
     * @param file named in messages
     */
    TrainingEntries(Path file, TrainingState state) {
        saved = new DictReader("", state.own(), (dictionary, key, expected) -> {
            boolean missing = dictionary.values().get(key) == null;
            return new NotResumableException("The entry \"" + key + "\" of " + file + " is "
                    + (missing ? "missing" : dictionary.shown(key) + ", not " + expected)
                    + "; resume from another checkpoint.");
        });
    }

    /**
     * The entries of a run, in an order that is the same in every process.
     *
     * @param copies tensors of a snapshot, by the names of {@link TrainingComponents#arrays}
     * @param streams the decision states of streams, by name
     */
    static Map<String, @Nullable Object> of(
            TrainingComponents run, Map<String, Tensor> copies, Map<String, DecisionState> streams) {
        TrainingComponents.Loop loop = run.loop();
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        entries.put(OPTIMIZER, run.optimizer().optimizerName());
        List<List<String>> groups = groups(run.optimizer());
        if (groups.size() > 1) {
            entries.put(GROUPS, groups);
        }
        entries.put(SCHEDULES, schedules(run.optimizer()));
        entries.put(METRICS, of(loop.memory().metricsState()));
        entries.put(RANDOM, loop.memory().randomState().toEntries());
        loop.memory().atEpochStart().map(RandomState::toEntries).ifPresent(random -> entries.put(EPOCH_RANDOM, random));
        run.dataOrder().ifPresent(order -> entries.put(DATA_ORDER, order));
        loop.memory().firstBatch().ifPresent(first -> entries.put(FIRST_BATCH, of(first)));
        entries.put(ACCUMULATED, loop.settings().accumulateGradBatches());
        entries.put(LIMIT, loop.settings().limits().trainBatches());
        Map<String, Object> transforms = new LinkedHashMap<>();
        run.transforms().forEach((name, transform) -> transforms.put(name, of(name, transform, copies)));
        entries.put(TRANSFORMS, transforms);
        Map<String, Object> decisions = new LinkedHashMap<>();
        streams.forEach((name, decided) -> decisions.put(name, decided.toEntries()));
        entries.put(STREAMS, decisions);
        entries.put(PARAMETERS, run.network().parameterNames());
        entries.put(FROZEN, run.network().frozen());
        entries.put(THREADS, (long) JniUtils.getNumThreads());
        if (loop.hasPendingGradients()) {
            entries.put(GRADIENTS, run.optimizer().gradients());
        }
        return entries;
    }

    /** The class name of the optimizer. */
    Optional<String> optimizer() {
        return saved.optional(OPTIMIZER, DictReader::string);
    }

    /** The names of the parameters of each group of the optimizer; only if it had several. */
    Optional<List<?>> groups() {
        return saved.optional(GROUPS, DictReader::list);
    }

    static List<List<String>> groups(OptimizerStep optimizer) {
        return optimizer.stateful().map(StatefulOptimizer::parametersByGroup).orElse(List.of());
    }

    /** What is scheduled, and when it is stepped. */
    Optional<List<String>> schedules() {
        return saved.optional(SCHEDULES, DictReader::strings);
    }

    static List<String> schedules(OptimizerStep optimizer) {
        return optimizer.schedules().all().stream().map(LrSchedule::describe).toList();
    }

    private static Map<String, Object> of(Metrics.State state) {
        Map<String, Object> means = new LinkedHashMap<>();
        state.epochMeans().forEach((name, mean) -> means.put(name, List.of(mean.sum(), mean.weight())));
        Map<String, Object> metrics = new LinkedHashMap<>();
        metrics.put(VALUES, state.values());
        metrics.put(EPOCH_MEANS, means);
        return metrics;
    }

    Optional<Metrics.State> metrics() {
        return saved.optional(METRICS, DictReader::dict)
                .map(metrics -> new Metrics.State(
                        metrics.optional(VALUES, DictReader::dict)
                                .map(values -> values.all(DictReader::number))
                                .orElse(Map.of()),
                        metrics.optional(EPOCH_MEANS, DictReader::dict)
                                .map(means -> means.all(TrainingEntries::mean))
                                .orElse(Map.of())));
    }

    private static Metrics.MeanState mean(DictReader means, String name) {
        List<?> mean = means.list(name);
        if (mean.size() == 2 && mean.get(0) instanceof Double sum && mean.get(1) instanceof Long weight) {
            return new Metrics.MeanState(sum, weight);
        }
        throw means.wrong(name, "a sum and a weight");
    }

    Optional<RandomState> random() {
        return saved.optional(RANDOM, DictReader::dict).map(entries -> RandomState.fromEntries(entries.values()));
    }

    Optional<RandomState> epochRandom() {
        return saved.optional(EPOCH_RANDOM, DictReader::dict).map(entries -> RandomState.fromEntries(entries.values()));
    }

    Optional<String> dataOrder() {
        return saved.optional(DATA_ORDER, DictReader::string);
    }

    private static Map<String, Object> of(FirstBatch first) {
        return new TreeMap<>(Map.of(SIZE, first.size(), RECORDS, first.records(), INDICES, first.indices()));
    }

    Optional<FirstBatch> firstBatch() {
        return saved.optional(FIRST_BATCH, DictReader::dict)
                .map(first -> new FirstBatch(
                        first.integer(SIZE),
                        first.integer(RECORDS),
                        first.numbers(INDICES).stream().map(Double::longValue).toList()));
    }

    Optional<Long> accumulateGradBatches() {
        return saved.optional(ACCUMULATED, DictReader::integer);
    }

    Optional<Long> limitTrainBatches() {
        return saved.optional(LIMIT, DictReader::integer);
    }

    /**
     * The state of a transform.
     *
     * @param kind name of the transform's class, unless an earlier build saved it
     * @param state everything that is not in an array
     */
    record TransformEntries(Optional<String> kind, Map<String, Tensor> arrays, Map<String, @Nullable Object> state) {}

    private static Map<String, Object> of(String name, StatefulTransform transform, Map<String, Tensor> copies) {
        Map<String, Object> arrays = new LinkedHashMap<>();
        for (String array : transform.stateArrays().keySet()) {
            arrays.put(array, Objects.requireNonNull(copies.get(TrainingComponents.transformKey(name, array)), array));
        }
        Map<String, Object> entries = new LinkedHashMap<>();
        entries.put(KIND, transform.getClass().getName());
        entries.put(ARRAYS, arrays);
        // A copy, because the writer reads it while training continues.
        entries.put(STATE, PlainValues.copyToTorch(new TreeMap<>(transform.state())));
        return entries;
    }

    /** The states of transforms, by name. */
    Optional<Map<String, TransformEntries>> transforms() {
        return saved.optional(TRANSFORMS, DictReader::dict)
                .map(transforms -> transforms.all((states, name) -> transform(states.dict(name))));
    }

    private static TransformEntries transform(DictReader saved) {
        return new TransformEntries(
                saved.optional(KIND, DictReader::string),
                saved.optional(ARRAYS, DictReader::dict)
                        .map(arrays -> arrays.all(DictReader::tensor))
                        .orElse(Map.of()),
                saved.optional(STATE, DictReader::dict).map(DictReader::named).orElse(Map.of()));
    }

    /** The decision states of streams, by name. */
    Map<String, DecisionState> streams() {
        return saved.optional(STREAMS, DictReader::dict)
                .map(streams -> streams.all((states, name) ->
                        DecisionState.fromEntries(states.dict(name).values())))
                .orElse(Map.of());
    }

    Optional<List<String>> parameters() {
        return saved.optional(PARAMETERS, DictReader::strings);
    }

    /** Names of the frozen parameters. */
    Optional<List<String>> frozen() {
        return saved.optional(FROZEN, DictReader::strings);
    }

    Optional<Long> threads() {
        return saved.optional(THREADS, DictReader::integer);
    }

    Optional<Map<String, Tensor>> gradients() {
        return saved.optional(GRADIENTS, DictReader::dict).map(gradients -> gradients.all(DictReader::tensor));
    }
}
