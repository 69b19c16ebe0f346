package dev.rivulet.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.junit.jupiter.api.Test;

class ParameterNamesTest {

    @Test
    void countsEveryChildOfASequenceAsPyTorchDoes() {
        Block block = new SequentialBlock()
                .add(Conv2d.builder()
                        .setKernelShape(new Shape(3, 3))
                        .setFilters(4)
                        .build())
                .add(BatchNorm.builder().build())
                .add(Activation::relu)
                .add(new SequentialBlock().add(linear()));

        assertThat(ParameterNames.of(block).parameters().keySet())
                .containsExactly(
                        "0.weight",
                        "0.bias",
                        "1.weight",
                        "1.bias",
                        "1.running_mean",
                        "1.running_var",
                        "3.0.weight",
                        "3.0.bias");
    }

    @Test
    void callsChildrenOfOtherBlocksByTheirOwnNames() {
        Branches block = new Branches();
        block.child("encoder", linear());
        block.child("twin", linear());
        block.child("twin", linear());
        block.own("scale");

        assertThat(ParameterNames.of(block).parameters().keySet())
                .containsExactly("scale", "encoder.weight", "encoder.bias", "1.weight", "1.bias", "2.weight", "2.bias");
    }

    @Test
    void knowsNumbersOfThreeDigits() {
        Branches block = new Branches();
        for (int i = 0; i < 101; i++) {
            block.child("layer" + i, i == 100 ? linear() : new Branches());
        }

        assertThat(ParameterNames.of(block).parameters()).containsOnlyKeys("layer100.weight", "layer100.bias");
    }

    @Test
    void listsSharedParametersOnce() {
        Linear shared = linear();
        Branches block = new Branches();
        block.child("embedding", shared);
        block.child("head", shared);

        ParameterNames names = ParameterNames.of(block);

        assertThat(names.parameters()).containsOnlyKeys("embedding.weight", "embedding.bias");
        assertThat(names.parameters().get("embedding.weight"))
                .isSameAs(shared.getDirectParameters().get("weight"));
        assertThat(names.aliases())
                .containsExactly(entry("head.weight", "embedding.weight"), entry("head.bias", "embedding.bias"));
    }

    @Test
    void refusesTwoParametersOfOneNameAndTellsBothPlaces() {
        Branches block = new Branches();
        block.own("weight");
        block.own("gamma");

        assertThatThrownBy(() -> ParameterNames.of(block))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"weight\"")
                .hasMessageContaining("Branches/weight")
                .hasMessageContaining("Branches/gamma");
    }

    @Test
    void refusesANameThatMeetsTheIndexOfASibling() {
        Branches block = new Branches();
        block.child("1", linear());
        block.child("twin", linear());
        block.child("twin", linear());

        assertThatThrownBy(() -> ParameterNames.of(block))
                .hasMessageContaining("\"1.weight\"")
                .hasMessageContaining("011/weight")
                .hasMessageContaining("02twin/weight");
    }

    private static Linear linear() {
        return Linear.builder().setUnits(2).build();
    }

    /** A block as users write them. */
    private static final class Branches extends AbstractBlock {
        void child(String name, Block block) {
            addChildBlock(name, block);
        }

        void own(String name) {
            addParameter(Parameter.builder()
                    .setName(name)
                    .setType(Parameter.Type.OTHER)
                    .build());
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            return inputs;
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputShapes) {
            return inputShapes;
        }
    }
}
