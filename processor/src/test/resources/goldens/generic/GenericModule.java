package generic;

import dev.rivulet.transform.StateDict;
import dev.rivulet.transform.StatefulTransform;
import dev.rivulet.transform.TransformContext;
import dev.rivulet.annotations.WeightTransform;

@SuppressWarnings("NotAModule")
public class GenericModule<T extends Comparable<T>, A extends StatefulTransform> {

    @WeightTransform("first")
    static StateDict first(StateDict weights) {
        return weights;
    }

    @WeightTransform("second")
    <S> StateDict second(StateDict weights, TransformContext context) {
        return weights;
    }

    @WeightTransform("third")
    A third;

    @WeightTransform("fourth")
    Hidden<String> fourth = new Hidden<>();

    public class Inner<U> {
        @WeightTransform("inner")
        StateDict inner(StateDict weights) {
            return weights;
        }

        class Innermost {
            @WeightTransform("innermost")
            StateDict innermost(StateDict weights) {
                return weights;
            }
        }
    }

    private static class Hidden<H> implements StatefulTransform {
        @Override
        public void update(StateDict weights, long globalStep) {}

        @Override
        public StateDict apply(StateDict weights, TransformContext context) {
            return weights;
        }
    }
}
