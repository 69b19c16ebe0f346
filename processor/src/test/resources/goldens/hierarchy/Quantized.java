package hierarchy;

import dev.rivulet.transform.StateDict;
import dev.rivulet.annotations.WeightTransform;

public interface Quantized {

    @WeightTransform("int8")
    default StateDict quantize(StateDict weights) {
        return weights;
    }
}
