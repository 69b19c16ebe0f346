package dev.rivulet.benchmarks;

import dev.rivulet.annotations.WeightTransform;
import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.TransformContext;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Sixteen static streams in addition to the original, each with a part of the weights. */
class SixteenStreamsModule extends LayersModule {
    private static final int STREAMS = 16;

    SixteenStreamsModule(Size size) {
        super(size);
    }

    @WeightTransform(value = "part-00", strict = false)
    @WeightTransform(value = "part-01", strict = false)
    @WeightTransform(value = "part-02", strict = false)
    @WeightTransform(value = "part-03", strict = false)
    @WeightTransform(value = "part-04", strict = false)
    @WeightTransform(value = "part-05", strict = false)
    @WeightTransform(value = "part-06", strict = false)
    @WeightTransform(value = "part-07", strict = false)
    @WeightTransform(value = "part-08", strict = false)
    @WeightTransform(value = "part-09", strict = false)
    @WeightTransform(value = "part-10", strict = false)
    @WeightTransform(value = "part-11", strict = false)
    @WeightTransform(value = "part-12", strict = false)
    @WeightTransform(value = "part-13", strict = false)
    @WeightTransform(value = "part-14", strict = false)
    @WeightTransform(value = "part-15", strict = false)
    static StateDict part(StateDict weights, TransformContext context) {
        return part(weights, Integer.parseInt(context.stream().substring("part-".length())));
    }

    /** Every sixteenth tensor. */
    static StateDict part(StateDict weights, int which) {
        List<String> names = List.copyOf(weights.names());
        Set<String> kept = new HashSet<>();
        for (int i = which; i < names.size(); i += STREAMS) {
            kept.add(names.get(i));
        }
        return weights.filter(kept::contains);
    }
}
