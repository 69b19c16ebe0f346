package dev.rivulet.internal.lightning;

import dev.rivulet.internal.format.DictReader;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Refuses files of Lightning, and of others, from which a run cannot go on here, and says what can be done. */
final class ExternalFiles {
    private ExternalFiles() {}

    static void refuse(DictReader checkpoint) {
        Map<?, ?> values = checkpoint.values();
        if (values.containsKey("ds_version") || values.containsKey("ds_config")) {
            throw new NoTrainingStateException("This is a part of a checkpoint of DeepSpeed; have Lightning's"
                    + " convert_zero_checkpoint_to_fp32_state_dict put it together, and load the weights alone.");
        } else if (!values.containsKey("state_dict") || !values.containsKey(LightningEntries.VERSION)) {
            throw new NoTrainingStateException("This is no checkpoint of Lightning's, which has \"state_dict\" and \""
                    + LightningEntries.VERSION + "\", but has " + values.keySet()
                    + "; load its weights alone, if it has any.");
        } else if (isBefore2(values.get(LightningEntries.VERSION))) {
            throw new NoTrainingStateException("The checkpoint is of Lightning " + values.get(LightningEntries.VERSION)
                    + ", whose loops were others; upgrade the file with python -m"
                    + " pytorch_lightning.utilities.upgrade_checkpoint of Lightning 2.0 or later.");
        } else if (!values.containsKey("optimizer_states")) {
            throw new NoTrainingStateException("The checkpoint has no \"optimizer_states\": it was saved with"
                    + " save_weights_only, and no run can go on from it; load its weights alone.");
        } else if (values.containsKey("current_model_state")) {
            throw new NoTrainingStateException("The checkpoint is of a run with Lightning's WeightAveraging: its"
                    + " \"state_dict\" has the averages, and \"current_model_state\" the weights that are trained. In"
                    + " Python, move these to \"state_dict\" and save the file again, so that they are trained on and"
                    + " an average begins anew; or load the averages alone.");
        }
        refuseOptimizers(values.get("optimizer_states"));
    }

    private static void refuseOptimizers(@Nullable Object states) {
        if (!(states instanceof List<?> optimizers) || optimizers.size() != 1) {
            throw new NoTrainingStateException("The checkpoint is of a run with "
                    + (states instanceof List<?> several ? several.size() : "unknown")
                    + " optimizers, but a run has one here; load its weights alone.");
        }
        if (optimizers.get(0) instanceof Map<?, ?> optimizer
                && optimizer.get("state") instanceof Map<?, ?> state
                && state.keySet().stream().anyMatch(key -> key instanceof String)) {
            throw new NoTrainingStateException("The checkpoint's optimizer state names parameters instead of numbering"
                    + " them, as FSDP's does; save it by another strategy, or load its weights alone.");
        }
    }

    private static boolean isBefore2(@Nullable Object version) {
        return version instanceof String string && (string.startsWith("0.") || string.startsWith("1."));
    }
}
