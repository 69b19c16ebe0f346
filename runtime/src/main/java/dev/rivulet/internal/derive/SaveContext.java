package dev.rivulet.internal.derive;

import ai.djl.ndarray.NDManager;
import dev.rivulet.checkpoint.Phase;
import dev.rivulet.transform.TransformContext;
import java.util.Map;

/**
 * The position in training at which checkpoints are saved. Immutable.
 *
 * @param metrics exact values by name
 */
public record SaveContext(Phase phase, int epoch, long globalStep, Map<String, Double> metrics) {

    /**
     * The argument of a transform or condition.
     *
     * @param source the stream that the weights come from
     * @param manager parent of the context's own manager
     */
    public TransformContext transformContext(String stream, String source, NDManager manager) {
        return TransformContext.builder(stream, manager)
                .source(source)
                .phase(phase)
                .epoch(epoch)
                .globalStep(globalStep)
                .metrics(metrics)
                .build();
    }
}
