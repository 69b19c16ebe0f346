import dev.rivulet.transform.StateDict;
import dev.rivulet.annotations.WeightTransform;

class Unnamed {
    @WeightTransform("halved")
    static StateDict halve(StateDict weights) {
        return weights;
    }
}
