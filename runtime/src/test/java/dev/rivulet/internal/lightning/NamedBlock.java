package dev.rivulet.internal.lightning;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** Gives its child the name of the attribute in PyTorch. */
final class NamedBlock extends AbstractBlock {
    private final Block model;

    NamedBlock(Block model) {
        this.model = addChildBlock("model", model);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore, NDList inputs, boolean training, PairList<String, Object> params) {
        return model.forward(parameterStore, inputs, training);
    }

    @Override
    protected void initializeChildBlocks(NDManager owner, DataType dataType, Shape... inputShapes) {
        model.initialize(owner, dataType, inputShapes);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return model.getOutputShapes(inputShapes);
    }
}
