"""Records the order of hook calls in PyTorch Lightning, for HookOrderTest.

Needs pytorch-lightning 2.6.6. Run in this directory; writes ../resources/dev/rivulet/hooks.json.gz.

Each event is a line "<who>.<hook> <epoch> <global step> [b<batch>] [metric=value ...]", where who is C for the callback or
M for the module. Metrics are those visible to the callback.
"""

import gzip
import json
import logging
import pathlib
import re
import tempfile
import warnings

import pytorch_lightning as pl
import torch
from torch.utils.data import DataLoader, TensorDataset

logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
warnings.filterwarnings("ignore")

TARGET = pathlib.Path(__file__).parent / "../resources/dev/rivulet/hooks.json.gz"

SHARED_HOOKS = [
    "on_fit_start", "on_train_start", "on_train_epoch_start", "on_train_batch_start", "on_before_zero_grad",
    "on_before_backward", "on_after_backward", "on_before_optimizer_step", "on_train_batch_end", "on_train_epoch_end",
    "on_train_end", "on_fit_end", "on_validation_start", "on_validation_epoch_start", "on_validation_batch_start",
    "on_validation_batch_end", "on_validation_epoch_end", "on_validation_end",
]
CALLBACK_HOOKS = ["setup", "on_sanity_check_start", "on_sanity_check_end", "on_exception", "teardown"]
HOOKS_WITH_BATCH = {
    "on_train_batch_start", "on_train_batch_end", "on_validation_batch_start", "on_validation_batch_end",
}
HOOKS_WITH_METRICS = {
    "on_train_start", "on_train_batch_end", "on_validation_start", "on_validation_end", "on_train_epoch_start",
    "on_train_epoch_end", "on_train_end", "on_sanity_check_end", "on_fit_end",
}


def camel(name):
    return re.sub("_(.)", lambda match: match.group(1).upper(), name)


class Recording:
    def __init__(self, case):
        self.case = case
        self.events = []

    def note(self, who, hook, trainer, batch=None, metrics=False):
        event = f"{who}.{camel(hook)} {trainer.current_epoch} {trainer.global_step}"
        if batch is not None:
            event += f" b{batch}"
        if metrics:
            values = {name: float(value) for name, value in trainer.callback_metrics.items()}
            event += "".join(f" {name}={values[name]:.6f}" for name in sorted(values))
        self.events.append(event)
        if who == "C":
            self.act(hook, trainer, batch)

    def act(self, hook, trainer, batch):
        for action in ("stop", "raise"):
            wanted = self.case.get(action)
            if wanted and wanted["hook"] == camel(hook) and wanted["epoch"] == trainer.current_epoch \
                    and wanted.get("batch", batch) == batch:
                if action == "raise":
                    raise RuntimeError("requested")
                trainer.should_stop = True


class Recorder(pl.Callback):
    pass


class Net(pl.LightningModule):
    def __init__(self, recording):
        super().__init__()
        self.recording = recording
        self.plane = torch.nn.Linear(2, 1)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.01)

    def training_step(self, batch, batch_idx):
        self.recording.note("M", "training_step", self.trainer, batch_idx)
        self.log("train", 10.0 * self.trainer.current_epoch + batch_idx, on_step=True, on_epoch=False)
        self.log("train_mean", 10.0 * self.trainer.current_epoch + batch_idx, on_step=False, on_epoch=True)
        return self.plane(batch[0]).mean()

    def validation_step(self, batch, batch_idx):
        self.recording.note("M", "validation_step", self.trainer, batch_idx)
        self.log("val", 10.0 * self.trainer.global_step + batch_idx)


def index_of_batch(hook, args):
    return next(arg for arg in args if isinstance(arg, int)) if hook in HOOKS_WITH_BATCH else None


def add_hooks():
    for hook in SHARED_HOOKS + CALLBACK_HOOKS:
        def of_callback(self, trainer, module, *args, hook=hook, **kwargs):
            batch = index_of_batch(hook, args)
            module.recording.note("C", hook, trainer, batch, hook in HOOKS_WITH_METRICS)
        setattr(Recorder, hook, of_callback)
    for hook in SHARED_HOOKS:
        def of_module(self, *args, hook=hook, **kwargs):
            batch = index_of_batch(hook, args)
            if hook == "on_validation_epoch_end":
                self.log("val_end", 1.0 + self.trainer.global_step)
            if hook == "on_train_epoch_end":
                self.log("epoch_end", 1.0 + self.trainer.current_epoch)
            self.recording.note("M", hook, self.trainer, batch)
        setattr(Net, hook, of_module)


def batches(records):
    return DataLoader(TensorDataset(torch.ones(records, 2)), batch_size=2, num_workers=0)


ARGUMENTS = {
    "maxEpochs": "max_epochs", "maxSteps": "max_steps", "accumulateGradBatches": "accumulate_grad_batches",
    "checkValEveryNEpoch": "check_val_every_n_epoch", "valCheckInterval": "val_check_interval",
    "limitTrainBatches": "limit_train_batches", "limitValBatches": "limit_val_batches",
    "numSanityValSteps": "num_sanity_val_steps", "fastDevRun": "fast_dev_run",
}


def record(case):
    recording = Recording(case)
    with tempfile.TemporaryDirectory() as directory:
        trainer = pl.Trainer(
            accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
            enable_model_summary=False, default_root_dir=directory, callbacks=[Recorder()],
            **{ARGUMENTS[name]: value for name, value in case.items() if name in ARGUMENTS})
        module = Net(recording)
        validation = batches(case["valRecords"]) if case["valRecords"] else None
        try:
            trainer.fit(module, batches(case["trainRecords"]), validation)
        except RuntimeError as error:
            if str(error) != "requested":
                raise
    return {**case, "events": recording.events}


def cases():
    def case(name, **settings):
        return {"name": name, "trainRecords": 7, "valRecords": 5, **settings}

    yield case("one epoch", maxEpochs=1)
    yield case("three epochs", maxEpochs=3)
    yield case("no validation data", maxEpochs=2, valRecords=0)
    yield case("no epochs", maxEpochs=0)
    yield case("no steps", maxSteps=0)
    yield case("without sanity check", maxEpochs=1, numSanityValSteps=0)
    yield case("sanity check of one batch", maxEpochs=1, numSanityValSteps=1)
    yield case("sanity check longer than validation", maxEpochs=1, numSanityValSteps=10)
    yield case("steps end within an epoch", maxSteps=6, maxEpochs=10)
    yield case("steps end with an epoch", maxSteps=8, maxEpochs=-1)
    yield case("steps end after epochs", maxSteps=100, maxEpochs=2)
    yield case("steps end at a validation", maxSteps=2, valCheckInterval=2)
    yield case("accumulation that divides", maxEpochs=2, accumulateGradBatches=2)
    yield case("accumulation with a partial last window", maxEpochs=2, accumulateGradBatches=3)
    yield case("accumulation longer than an epoch", maxEpochs=2, accumulateGradBatches=10)
    yield case("accumulation and steps", maxSteps=3, accumulateGradBatches=3)
    yield case("accumulation and validations", maxEpochs=2, accumulateGradBatches=3, valCheckInterval=2)
    yield case("validation in every second epoch", maxEpochs=4, checkValEveryNEpoch=2)
    yield case("validation in every third epoch", maxEpochs=4, checkValEveryNEpoch=3)
    yield case("validation twice an epoch", maxEpochs=2, valCheckInterval=0.5)
    yield case("validation by a fraction that does not divide", maxEpochs=2, valCheckInterval=0.3, trainRecords=13)
    yield case("validation by a fraction of two thirds", maxEpochs=2, valCheckInterval=0.67)
    yield case("validation by a tiny fraction", maxEpochs=1, valCheckInterval=0.01)
    yield case("validation after every batch", maxEpochs=1, valCheckInterval=1)
    yield case("validation after every third batch", maxEpochs=2, valCheckInterval=3)
    yield case("validation twice in every second epoch", maxEpochs=4, valCheckInterval=2, checkValEveryNEpoch=2)
    yield case("limited training", maxEpochs=2, limitTrainBatches=2)
    yield case("training limited beyond the data", maxEpochs=2, limitTrainBatches=20)
    yield case("limited training with a fraction", maxEpochs=1, limitTrainBatches=3, valCheckInterval=0.5)
    yield case("limited training and accumulation", maxEpochs=2, limitTrainBatches=3, accumulateGradBatches=2)
    yield case("limited validation", maxEpochs=2, limitValBatches=1)
    yield case("validation limited to none", maxEpochs=2, limitValBatches=0)
    yield case("trial run", fastDevRun=1)
    yield case("trial run of three batches", fastDevRun=3, accumulateGradBatches=2)
    yield case("trial run without validation data", fastDevRun=2, valRecords=0)
    yield case("one batch", maxEpochs=2, trainRecords=1, valRecords=1)
    yield case("batches all full", maxEpochs=2, trainRecords=8, valRecords=4)

    def at(hook, epoch=0, **batch):
        return {"hook": hook, "epoch": epoch, **batch}

    yield case("stop before training", maxEpochs=2, stop=at("onFitStart"))
    yield case("stop when training starts", maxEpochs=2, stop=at("onTrainStart"))
    yield case("stop when the sanity check ends", maxEpochs=2, stop=at("onSanityCheckEnd"))
    yield case("stop when an epoch starts", maxEpochs=3, stop=at("onTrainEpochStart", 1))
    yield case("stop before a batch", maxEpochs=3, stop=at("onTrainBatchStart", 1, batch=1))
    yield case("stop after a batch", maxEpochs=3, stop=at("onTrainBatchEnd", 1, batch=1))
    yield case("stop after a batch without validation", maxEpochs=3, valRecords=0, stop=at("onTrainBatchEnd", batch=1))
    yield case("stop where no validation is due", maxEpochs=3, checkValEveryNEpoch=2,
               stop=at("onTrainBatchEnd", batch=1))
    yield case("stop within an accumulation", maxEpochs=3, accumulateGradBatches=3, stop=at("onTrainBatchEnd", batch=1))
    yield case("stop after the last batch", maxEpochs=3, stop=at("onTrainBatchEnd", batch=3))
    yield case("stop within the sanity check", maxEpochs=3, valCheckInterval=2, stop=at("onValidationBatchEnd", batch=0))
    yield case("stop after the validation of the sanity check", maxEpochs=3, valCheckInterval=2, stop=at("onValidationEnd"))
    yield case("stop within a later validation", maxEpochs=3, valCheckInterval=2, stop=at("onValidationBatchEnd", 1, batch=0))
    yield case("stop after a later validation", maxEpochs=3, valCheckInterval=2, stop=at("onValidationEnd", 1))
    yield case("stop when a batch's gradients are known", maxEpochs=3, stop=at("onAfterBackward", 1))
    yield case("stop after an epoch", maxEpochs=3, stop=at("onTrainEpochEnd", 1))
    yield case("failure after a batch", maxEpochs=2, **{"raise": at("onTrainBatchEnd", batch=1)})
    yield case("failure in the sanity check", maxEpochs=2, **{"raise": at("onValidationBatchEnd", batch=1)})
    yield case("failure in a validation", maxEpochs=2, **{"raise": at("onValidationBatchEnd", 1, batch=1)})
    yield case("failure after an epoch", maxEpochs=2, **{"raise": at("onTrainEpochEnd", 1)})
    yield case("failure before training", maxEpochs=2, **{"raise": at("onFitStart")})


if __name__ == "__main__":
    add_hooks()
    recorded = {"pytorch-lightning": pl.__version__, "cases": [record(case) for case in cases()]}
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with open(TARGET, "wb") as file:
        file.write(gzip.compress(json.dumps(recorded, indent=0).encode(), mtime=0))
    print(len(recorded["cases"]), "cases,", sum(len(case["events"]) for case in recorded["cases"]), "events")
