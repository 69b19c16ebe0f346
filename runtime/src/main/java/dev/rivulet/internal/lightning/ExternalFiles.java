package dev.rivulet.internal.lightning;

import dev.rivulet.internal.format.DictReader;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Refuses external checkpoints from which a run cannot resume, with an explanation and a remedy. */
final class ExternalFiles {
    private ExternalFiles() {}

    static void refuse(DictReader checkpoint) {
        Map<?, ?> values = checkpoint.values();
        if (values.containsKey("ds_version") || values.containsKey("ds_config")) {
            throw new NoTrainingStateException("This is a part of a DeepSpeed checkpoint; merge the parts with"
                    + " Lightning's convert_zero_checkpoint_to_fp32_state_dict, and load only the weights.");
        } else if (!values.containsKey("state_dict") || !values.containsKey(LightningEntries.VERSION)) {
            throw new NoTrainingStateException(
                    "This is not a Lightning checkpoint, which has \"state_dict\" and \"" + LightningEntries.VERSION
                            + "\"; its keys are " + values.keySet() + ". Load only its weights, if it has any.");
        } else if (isBefore2(values.get(LightningEntries.VERSION))) {
            throw new NoTrainingStateException(
                    "The checkpoint was written by Lightning " + values.get(LightningEntries.VERSION)
                            + ", which had another loop structure; upgrade the file with python -m"
                            + " pytorch_lightning.utilities.upgrade_checkpoint of Lightning 2.0 or later.");
        } else if (!values.containsKey("optimizer_states")) {
            throw new NoTrainingStateException("The checkpoint has no \"optimizer_states\": it was saved with"
                    + " save_weights_only, and a run cannot resume from it; load only its weights.");
        } else if (values.containsKey("current_model_state")) {
            throw new NoTrainingStateException("The checkpoint comes from a run with Lightning's WeightAveraging: its"
                    + " \"state_dict\" has the averages, and \"current_model_state\" the trained weights. In Python,"
                    + " move the trained weights to \"state_dict\" and save the file again, so that training"
                    + " continues from them and starts a fresh average; or load only the averages.");
        }
        refuseOptimizers(values.get("optimizer_states"));
    }

    private static void refuseOptimizers(@Nullable Object states) {
        if (!(states instanceof List<?> optimizers) || optimizers.size() != 1) {
            throw new NoTrainingStateException("The checkpoint comes from a run with "
                    + (states instanceof List<?> several ? several.size() : "unknown")
                    + " optimizers, but Rivulet supports one per run; load only its weights.");
        }
        if (optimizers.get(0) instanceof Map<?, ?> optimizer
                && optimizer.get("state") instanceof Map<?, ?> state
                && state.keySet().stream().anyMatch(key -> key instanceof String)) {
            throw new NoTrainingStateException("The optimizer state in the checkpoint identifies parameters by name"
                    + " instead of by number, as with FSDP; save it with another strategy, or load only its weights.");
        }
    }

    private static boolean isBefore2(@Nullable Object version) {
        return version instanceof String string && (string.startsWith("0.") || string.startsWith("1."));
    }
}
