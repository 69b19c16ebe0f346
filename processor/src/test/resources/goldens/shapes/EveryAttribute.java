package shapes;

import dev.rivulet.annotations.CheckpointFormat;
import dev.rivulet.annotations.CheckpointStream;
import dev.rivulet.annotations.Mode;
import dev.rivulet.annotations.OnFailure;
import dev.rivulet.annotations.SaveBest;
import dev.rivulet.annotations.SaveLast;
import dev.rivulet.annotations.SaveOnTrainEpochEnd;

@CheckpointStream(
        verbose = true,
        enableVersionCounter = false,
        autoInsertMetricName = false,
        saveWeightsOnly = true,
        format = CheckpointFormat.SAFETENSORS,
        onFailure = OnFailure.CONTINUE,
        saveOnException = true,
        saveOnTrainEpochEnd = SaveOnTrainEpochEnd.FALSE,
        anyTrigger = true,
        trainTimeInterval = "1h30m",
        everyNEpochs = 2,
        everyNTrainSteps = 0,
        saveBest = SaveBest.COPY,
        saveLast = SaveLast.LINK,
        maxTotalBytes = "10GB",
        keepEveryNth = 100,
        keepLast = 2,
        saveTopK = 5,
        mode = Mode.MAX,
        monitor = EveryAttribute.METRIC,
        filename = "epoch-{epoch:02d}/\"{val_accuracy:.3f}\"",
        dirpath = "every/attribute")
@CheckpointStream(value = "defaults", mode = Mode.MIN, filename = "", saveTopK = 1, everyNEpochs = CheckpointStream.UNSET)
@SuppressWarnings("NotAModule")
public class EveryAttribute {
    static final String METRIC = "val_" + "accuracy";
}
