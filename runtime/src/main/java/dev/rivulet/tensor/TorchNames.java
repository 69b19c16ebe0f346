package dev.rivulet.tensor;

import ai.djl.nn.Block;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.core.Prelu;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.recurrent.RecurrentBlock;
import ai.djl.nn.transformer.IdEmbedding;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names in {@code torch.nn} of the parameters and buffers of DJL's blocks. Parameters with the same name in both, such
 * as those of linear and convolutional blocks, and parameters of users' own blocks keep their names.
 */
final class TorchNames {
    private static final Map<String, String> NORM = Map.of(
            "gamma", "weight",
            "beta", "bias",
            "runningMean", "running_mean",
            "runningVar", "running_var");
    private static final Map<String, String> EMBEDDING = Map.of("embedding", "weight");
    private static final Map<String, String> PRELU = Map.of("alpha", "weight");

    /** Direction, layer, input to hidden or hidden to hidden, and kind, as in {@code l_0_i2h_WEIGHT}. */
    private static final Pattern RECURRENT = Pattern.compile("([lr])_(\\d+)_([ih])2h_(WEIGHT|BIAS)");

    private TorchNames() {}

    /** PyTorch's name of a block's own parameter. */
    static String ofParameter(Block block, String name) {
        if (block instanceof BatchNorm || block instanceof LayerNorm) {
            return NORM.getOrDefault(name, name);
        } else if (block instanceof Embedding || block instanceof IdEmbedding) {
            return EMBEDDING.getOrDefault(name, name);
        } else if (block instanceof Prelu) {
            return PRELU.getOrDefault(name, name);
        } else if (block instanceof RecurrentBlock) {
            return ofRecurrentParameter(name);
        }
        return name;
    }

    private static String ofRecurrentParameter(String name) {
        Matcher parts = RECURRENT.matcher(name);
        if (!parts.matches()) {
            return name;
        }
        String kind = parts.group(4).equals("WEIGHT") ? "weight" : "bias";
        String direction = parts.group(1).equals("r") ? "_reverse" : "";
        return kind + "_" + parts.group(3) + "h_l" + parts.group(2) + direction;
    }

    /** PyTorch's name of a block's counter of training batches, if PyTorch has one. */
    static Optional<String> ofBatchCounter(Block block) {
        return block instanceof BatchNorm ? Optional.of("num_batches_tracked") : Optional.empty();
    }
}
