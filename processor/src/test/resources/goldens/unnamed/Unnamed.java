import dev.rivulet.transform.StateDict;
import dev.rivulet.annotations.WeightTransform;

@SuppressWarnings("NotAModule")
class Unnamed {
    @WeightTransform("halved")
    static StateDict halve(StateDict weights) {
        return weights;
    }
}
