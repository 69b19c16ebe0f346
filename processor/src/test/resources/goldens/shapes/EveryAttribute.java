package shapes;

import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.annotations.Mode;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.annotations.SaveOnTrainEpochEnd;

@CheckpointStream(
        verbose = true,
        enableVersionCounter = false,
        autoInsertMetricName = false,
        saveWeightsOnly = true,
        saveOnException = true,
        saveOnTrainEpochEnd = SaveOnTrainEpochEnd.FALSE,
        everyNEpochs = 2,
        everyNTrainSteps = 0,
        saveLast = SaveLast.LINK,
        saveTopK = 5,
        mode = Mode.MAX,
        monitor = EveryAttribute.METRIC,
        filename = "epoch-{epoch:02d}/\"{val_accuracy:.3f}\"",
        dirpath = "every/attribute")
@CheckpointStream(value = "defaults", mode = Mode.MIN, filename = "", saveTopK = 1, everyNEpochs = CheckpointStream.UNSET)
public class EveryAttribute {
    static final String METRIC = "val_" + "accuracy";
}
