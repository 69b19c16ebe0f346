package dev.rivulet;

import ai.djl.modality.nlp.DefaultVocabulary;
import ai.djl.modality.nlp.embedding.TrainableWordEmbedding;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.core.LinearCollection;
import ai.djl.nn.core.Multiplication;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.recurrent.RNN;
import ai.djl.nn.recurrent.RecurrentBlock;
import ai.djl.nn.transformer.IdEmbedding;
import ai.djl.nn.transformer.PointwiseFeedForwardBlock;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import java.util.ArrayList;
import java.util.List;

/**
 * A block and the module that it corresponds to.
 *
 * @param name names its files
 * @param block not yet initialized
 * @param module an expression of Python, evaluated in {@code src/test/python/torch_names.py}
 * @param input the shape of its input; of token ids if the name begins with "embedding"
 */
record BlockCase(String name, Block block, String module, Shape input) {

    /** A case of each kind of block that has parameters and that the PyTorch engine can compute. */
    static List<BlockCase> all() {
        List<BlockCase> cases = new ArrayList<>(recurrent());
        cases.addAll(plain());
        cases.addAll(composed());
        return cases;
    }

    private static List<BlockCase> plain() {
        return List.of(
                new BlockCase("linear", linear(3), "nn.Linear(4, 3)", new Shape(2, 4)),
                new BlockCase("linear-sequence", linear(3), "nn.Linear(4, 3)", new Shape(2, 5, 4)),
                new BlockCase(
                        "linear-no-bias",
                        Linear.builder().setUnits(3).optBias(false).build(),
                        "nn.Linear(4, 3, bias=False)",
                        new Shape(2, 4)),
                new BlockCase(
                        "conv1d",
                        Conv1d.builder()
                                .setFilters(6)
                                .setKernelShape(new Shape(3))
                                .optGroups(2)
                                .optDilation(new Shape(2))
                                .build(),
                        "nn.Conv1d(4, 6, 3, groups=2, dilation=2)",
                        new Shape(2, 4, 9)),
                new BlockCase(
                        "conv2d",
                        Conv2d.builder()
                                .setFilters(3)
                                .setKernelShape(new Shape(3, 2))
                                .optPadding(new Shape(1, 0))
                                .optStride(new Shape(2, 1))
                                .build(),
                        "nn.Conv2d(2, 3, (3, 2), padding=(1, 0), stride=(2, 1))",
                        new Shape(2, 2, 7, 6)),
                new BlockCase(
                        "conv2d-no-bias",
                        Conv2d.builder()
                                .setFilters(3)
                                .setKernelShape(new Shape(3, 3))
                                .optBias(false)
                                .build(),
                        "nn.Conv2d(2, 3, 3, bias=False)",
                        new Shape(2, 2, 5, 5)),
                new BlockCase(
                        "conv3d",
                        Conv3d.builder()
                                .setFilters(2)
                                .setKernelShape(new Shape(2, 3, 2))
                                .build(),
                        "nn.Conv3d(3, 2, (2, 3, 2))",
                        new Shape(2, 3, 4, 4, 4)),
                new BlockCase("batchnorm1d", BatchNorm.builder().build(), "nn.BatchNorm1d(3)", new Shape(4, 3)),
                new BlockCase("batchnorm2d", BatchNorm.builder().build(), "nn.BatchNorm2d(3)", new Shape(2, 3, 4, 4)),
                new BlockCase(
                        "batchnorm-axis",
                        BatchNorm.builder().optAxis(2).build(),
                        "LastAxisNorm(3)",
                        new Shape(2, 5, 3)),
                new BlockCase("layernorm", LayerNorm.builder().build(), "nn.LayerNorm([5, 3])", new Shape(2, 5, 3)),
                new BlockCase(
                        "layernorm-axis", LayerNorm.builder().axis(2).build(), "nn.LayerNorm(3)", new Shape(2, 5, 3)),
                new BlockCase(
                        "embedding-words",
                        new TrainableWordEmbedding(new DefaultVocabulary(List.of("a", "b", "c", "<unk>")), 3),
                        "nn.Embedding(4, 3)",
                        new Shape(2, 3)),
                new BlockCase(
                        "embedding-ids",
                        new IdEmbedding.Builder()
                                .setDictionarySize(4)
                                .setEmbeddingSize(3)
                                .build(),
                        "nn.Embedding(4, 3)",
                        new Shape(2, 3)),
                new BlockCase(
                        "multiplication",
                        Multiplication.builder().setUnits(3).build(),
                        "Weight(3, 1, 4)",
                        new Shape(2, 4)),
                new BlockCase(
                        "linear-collection",
                        LinearCollection.builder().setUnits(3).build(),
                        "LinearCollection(5, 4, 3)",
                        new Shape(2, 5, 4)));
    }

    private static List<BlockCase> recurrent() {
        return List.of(
                new BlockCase(
                        "rnn",
                        sized(RNN.builder().setActivation(RNN.Activation.TANH), 2)
                                .build(),
                        "nn.RNN(5, 3, 2, batch_first=True)",
                        new Shape(2, 4, 5)),
                new BlockCase(
                        "rnn-relu",
                        sized(RNN.builder().setActivation(RNN.Activation.RELU), 1)
                                .build(),
                        "nn.RNN(5, 3, nonlinearity='relu', batch_first=True)",
                        new Shape(2, 4, 5)),
                new BlockCase(
                        "gru",
                        sized(GRU.builder(), 2).build(),
                        "nn.GRU(5, 3, 2, batch_first=True)",
                        new Shape(2, 4, 5)),
                new BlockCase(
                        "gru-bidirectional",
                        sized(GRU.builder(), 2)
                                .optBidirectional(true)
                                .optHasBiases(false)
                                .build(),
                        "nn.GRU(5, 3, 2, bias=False, bidirectional=True, batch_first=True)",
                        new Shape(2, 4, 5)),
                new BlockCase(
                        "lstm",
                        sized(LSTM.builder(), 2).build(),
                        "nn.LSTM(5, 3, 2, batch_first=True)",
                        new Shape(2, 4, 5)),
                new BlockCase(
                        "lstm-sequence-first",
                        sized(LSTM.builder(), 1).optBatchFirst(false).build(),
                        "nn.LSTM(5, 3)",
                        new Shape(4, 2, 5)),
                new BlockCase(
                        "lstm-bidirectional",
                        sized(LSTM.builder(), 2)
                                .optBidirectional(true)
                                .optHasBiases(false)
                                .build(),
                        "nn.LSTM(5, 3, 2, bias=False, bidirectional=True, batch_first=True)",
                        new Shape(2, 4, 5)));
    }

    private static List<BlockCase> composed() {
        return List.of(
                new BlockCase(
                        "sequence",
                        new SequentialBlock()
                                .add(Conv2d.builder()
                                        .setFilters(3)
                                        .setKernelShape(new Shape(3, 3))
                                        .build())
                                .add(BatchNorm.builder().build())
                                .add(Activation::relu)
                                .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
                                .add(Blocks.batchFlattenBlock())
                                .add(Dropout.builder().optRate(0.5f).build())
                                .add(new SequentialBlock().add(linear(2))),
                        "nn.Sequential(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),"
                                + " nn.Dropout(0.5), nn.Sequential(nn.Linear(12, 2)))",
                        new Shape(2, 1, 6, 6)),
                new BlockCase(
                        "branches",
                        new ParallelBlock(
                                outputs -> new NDList(NDArrays.add(outputs.stream()
                                        .map(NDList::singletonOrThrow)
                                        .toArray(NDArray[]::new))),
                                List.of(linear(3), linear(3))),
                        "Sum([nn.Linear(4, 3), nn.Linear(4, 3)])",
                        new Shape(2, 4)),
                new BlockCase(
                        "feed-forward",
                        new PointwiseFeedForwardBlock(List.of(5), 3, Activation::relu),
                        "nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3))",
                        new Shape(2, 4)),
                new BlockCase("attention", attention(), "Attention(6, 2)", new Shape(2, 4, 6)),
                new BlockCase("attention-fused", attention(), "FusedAttention(6, 2)", new Shape(2, 4, 6)),
                new BlockCase(
                        "encoder",
                        new TransformerEncoderBlock(6, 2, 5, 0.1f, Activation::relu),
                        "Encoder(6, 2, 5)",
                        new Shape(2, 4, 6)));
    }

    private static Linear linear(int units) {
        return Linear.builder().setUnits(units).build();
    }

    private static Block attention() {
        return ScaledDotProductAttentionBlock.builder()
                .setEmbeddingSize(6)
                .setHeadCount(2)
                .build();
    }

    private static <B extends RecurrentBlock.BaseBuilder<B>> B sized(B builder, int layers) {
        return builder.setStateSize(3).setNumLayers(layers);
    }

    /** An input: random numbers, or token ids. */
    NDList inputs(NDManager manager) {
        return new NDList(
                name.startsWith("embedding")
                        ? manager.create(new long[] {1, 3, 0, 2, 1, 1}, input)
                        : manager.randomNormal(input));
    }

    /** As the script reads it. */
    String line() {
        return name + "\t" + module;
    }
}
