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
import ai.djl.nn.core.Prelu;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.GhostBatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.transformer.IdEmbedding;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParameterNamesTest {

    @Test
    void indexesEveryChildOfASequenceLikePyTorch() {
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
    void namesChildrenOfOtherBlocksAsTheBlockDoes() {
        Branches block = new Branches();
        block.child("encoder", linear());
        block.child("twin", linear());
        block.child("twin", linear());
        block.own("scale");

        assertThat(ParameterNames.of(block).parameters().keySet())
                .containsExactly("scale", "encoder.weight", "encoder.bias", "1.weight", "1.bias", "2.weight", "2.bias");
    }

    @Test
    void stripsThreeDigitNumbers() {
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
    void namesParametersOfDjlBlocksLikePyTorch() {
        Branches block = new Branches();
        block.child("norm", LayerNorm.builder().build());
        block.child(
                "ids",
                new IdEmbedding.Builder()
                        .setDictionarySize(3)
                        .setEmbeddingSize(2)
                        .build());
        block.child("prelu", new Prelu());
        block.child(
                "rnn",
                LSTM.builder()
                        .setStateSize(2)
                        .setNumLayers(2)
                        .optBidirectional(true)
                        .build());
        block.own("gamma");
        block.own("l_0_i2h_WEIGHT");

        assertThat(ParameterNames.of(block).parameters().keySet())
                .containsExactly(
                        "gamma",
                        "l_0_i2h_WEIGHT",
                        "norm.weight",
                        "norm.bias",
                        "ids.weight",
                        "prelu.weight",
                        "rnn.weight_ih_l0",
                        "rnn.weight_hh_l0",
                        "rnn.weight_ih_l0_reverse",
                        "rnn.weight_hh_l0_reverse",
                        "rnn.bias_ih_l0",
                        "rnn.bias_hh_l0",
                        "rnn.bias_ih_l0_reverse",
                        "rnn.bias_hh_l0_reverse",
                        "rnn.weight_ih_l1",
                        "rnn.weight_hh_l1",
                        "rnn.weight_ih_l1_reverse",
                        "rnn.weight_hh_l1_reverse",
                        "rnn.bias_ih_l1",
                        "rnn.bias_hh_l1",
                        "rnn.bias_ih_l1_reverse",
                        "rnn.bias_hh_l1_reverse");
    }

    @Test
    void namesPyTorchBatchCounters() {
        BatchNorm shared = BatchNorm.builder().build();
        Branches block = new Branches();
        block.child("norm", shared);
        block.child("ghost", GhostBatchNorm.builder().build());
        block.child("again", shared);
        block.child("layer", LayerNorm.builder().build());

        assertThat(ParameterNames.of(block, name -> "net." + name).batchCounters())
                .containsExactly(
                        "net.norm.num_batches_tracked",
                        "net.ghost.num_batches_tracked",
                        "net.again.num_batches_tracked");
    }

    @Test
    void appliesAMapping() {
        Linear shared = linear();
        Branches block = new Branches();
        block.child("embedding", shared);
        block.child("head", shared);

        ParameterNames names = ParameterNames.of(block, name -> name.replace("head", "decoder"));

        assertThat(names.parameters()).containsOnlyKeys("embedding.weight", "embedding.bias");
        assertThat(names.aliases())
                .containsExactly(entry("decoder.weight", "embedding.weight"), entry("decoder.bias", "embedding.bias"));
    }

    @Test
    void aParameterIsNeverABatchCounter() {
        Block norm = BatchNorm.builder().build();

        ParameterNames names = ParameterNames.of(norm, name -> name.equals("weight") ? "num_batches_tracked" : name);

        assertThat(names.parameters()).containsKey("num_batches_tracked");
        assertThat(names.batchCounters()).isEmpty();
    }

    @Test
    void refusesTwoParametersOfOneNameAndReportsBothPaths() {
        Block block = new SequentialBlock().add(linear()).add(linear());

        assertThatThrownBy(() -> ParameterNames.of(block, name -> name.substring(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Two parameters would be called \"weight\": SequentialBlock/01Linear/weight and"
                        + " SequentialBlock/02Linear/weight. Rename one of them or the block that contains it, or"
                        + " change the"
                        + " mapping of names.");
    }

    @Test
    void refusesAMappingWithoutAResult() {
        Map<String, String> names = Map.of("weight", "w");

        assertThatThrownBy(() -> ParameterNames.of(linear(), names::get))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The mapping of names returns no name for \"bias\" (Linear/bias). Return the name itself"
                        + " where"
                        + " nothing changes.");
    }

    @Test
    void refusesANameThatEqualsTheIndexOfASibling() {
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

    /** A block as a user would write it. */
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
